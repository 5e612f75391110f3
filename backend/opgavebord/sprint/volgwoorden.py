"""The words of which a *volgcode* is made: 554 things that everybody knows.

Somebody reads a code aloud over the telephone, and somebody else types it. So: four to ten plain
letters; none of the sounds that Dutch spells in two ways (ij and ei, ou and au); no word that becomes
another one by a single letter; nothing sad, and nothing one would rather not be called.
`tests/sprint/test_volgcode.py` holds what can be held of it.
"""

from typing import Final

_LINES: Final = """
abrikoos accordeon agenda album alpaca amandel amber ananas anker ansjovis apotheek appel april
archipel arend armband artisjok asperge atlas atletiek avocado avond avontuur azalea badpak bakker
baksteen ballon bamboe banaan banjo bank basilicum beeld behang beker berg beschuit beuk bezem
bieslook bioscoop bizon blad bloem bloemist bloemkool bolletje boomgaard boon bord borstel bosbes
bospad boter brief bril broccoli broek brommer brons brood brug bruggetje bruiloft buizerd cactus
camera camping carnaval carport cavia cello champignon circus citroen computer conifeer cracker
dadel dahlia dakpan dans deken deksel deur dienblad dille dinsdag dirigent domino dorp draad
droger drogist drop druif duikbril eekhoorn ekster eland emmer envelop erwt esdoorn estafette
fanfare fazant februari feest fiets fietspad film flamingo fles fluit fluweel forel fornuis foto
framboos frietje gaai garage garde garnaal gember geranium gerst gieter giraf gitaar glazuur
gletsjer globe golf grapefruit gras grind grot grutto haak hagedis hagel hamer hamster handdoek
hangmat haring harp haven havik hazelnoot helikopter hemd herfst hert heuvel hobo hoed hommel
honing hooi horloge hortensia hotel huis hulst imker inkt inktvis ivoor januari judo jungle juni
kaartspel kalender kameel kanaal kanarie kangoeroe kannetje kano kapsalon karamel karper karton
kastanje kasteel katoen kelder kermis ketting kever kievit kiezel kist kiwi klarinet klaroen
klaver kleur klimop klok klomp knikker knoflook knoop koala koek koekoek koets koffer koffie
kokosnoot komeet komkommer kompas koor koper koplamp korfbal kraai krab krant kreeft krekel
kristal kroket krokodil krokus kruidnagel kruik kruispunt kruiwagen kuiken kurk kussen kwartet
kwast kwikstaart laan laars ladder lade ladekast lagune laken lamp lantaarn lasagne lavendel
leeuwerik lelie lente lepel libel lied limoen limonade linde liniaal linnen lint luipaard maandag
macaroni madelief magneet magnolia mais makreel mand mango mangoest marathon markt marmelade
marmot mast matras matroos mees meeuw melk meloen merel metro microscoop middag molen molenaar
mossel mosterd motor muesli munt museum muts muur naald nacht narcis nevel noga notitie oase
ochtend oester oktober olie olifant omelet ooievaar optocht orchidee orkest otter oven paard
panter papaja papegaai paperclip papier paprika parachute paraplu parasol parel parkiet paspoort
passer pedaal peddel pelikaan pension peper pepermunt perkament perzik peterselie petunia piano
picknick piloot pinguin plakband planeet plank plas podium polka pompoen poort poppenkast populier
postzegel potlood prikbord prins printer pruim pudding puree puzzel raadsel raam rabarber radio
rasp regen regenboog regenton reus ridder riet ring rivier roer rogge roodborst room rotan rotonde
rots rubber rugzak ruiter saffier saffraan salade salamander salie sandaal sardine savanne schaap
schaats schaken schat schelp scherm schilder schildpad schoen schommel school schop schrift
schroef schuur scooter serre servet sjaal slee sleutel slinger sloot sluis smaragd sneeuw snoek
soep spaak spade spaghetti spar specht speculaas spiegel spinazie spons spreeuw sprinkhaan
sprookje stal stamppot station steeg stempel stern stoel stofzuiger straat strand strik stroop
stuur stuwmeer sudoku suiker surfplank taart tafel tang tarwe tegel telefoon telescoop televisie
tennis tent theater thee theelepel thermos toendra toffee tomaat tompoes toneel toren tosti
tractor trap trapper trommel trompet trui tuba tuin tuinhek tuinman tulp vaas vakantie valk
vanille varen venkel ventilator veranda verf vergiet vest veulen vilt viltstift vink viool
viooltje visser vlag vlieger vliegveld vlinder vloer vloerkleed vlot voetbal vogelhuis vork vorst
wagen walnoot wals walvis wandeling wandelpad wandelstok want wasmachine waterkers waterval wezel
wiel wilg wind windmolen winkel winter woensdag wolk wortel zaag zaklamp zalm zaterdag zebra zeef
zeehond zeester zeppelin zilver zolder zomer zondag zonnebloem zwaan zwaluw zwembad
"""
WORDS: Final[tuple[str, ...]] = tuple(_LINES.split())
