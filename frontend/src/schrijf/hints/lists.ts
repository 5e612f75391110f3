/* The words that the hints look for. Plain lists, on purpose: they are right often enough to be worth
   a question, wrong often enough that a question is all they are. Nothing leaves the screen. */

/** A sentence that begins like this tells what should be done, not what somebody lived through. */
export const SOLUTIONS: readonly string[] = [
  'we moeten',
  'wij moeten',
  'we zouden',
  'wij zouden',
  'ze moeten',
  'ze zouden',
  'men moet',
  'je moet gewoon',
  'er moet',
  'er moeten',
  'er zou',
  'er zouden',
  'er hoort',
  'de gemeente moet',
  'de gemeente zou',
  'gemeente moet',
  'de provincie moet',
  'het rijk moet',
  'de overheid moet',
  'de politiek moet',
  'de school moet',
  'de bus moet',
  'het dorp moet',
  'iemand moet',
  'iedereen moet',
  'zorg dat',
  'zorg voor',
  'zorgen dat',
  'laten we',
  'laat de gemeente',
  'maak een',
  'maak van',
  'bouw een',
  'bouw meer',
  'regel een',
  'zet een',
  'waarom komt er geen',
  'waarom is er geen',
  'het zou goed zijn',
  'het zou mooi zijn',
  'de oplossing',
  'mijn oplossing',
  'mijn idee',
]

/** After one of these a capital is a person. */
export const TITLES: readonly string[] = [
  'meneer',
  'mevrouw',
  'mijnheer',
  'dhr',
  'mw',
  'mevr',
  'dokter',
  'dr',
  'juf',
  'meester',
  'oma',
  'opa',
  'tante',
  'oom',
  'buurman',
  'buurvrouw',
  'pastoor',
  'dominee',
  'zuster',
  'wethouder',
  'burgemeester',
  'familie',
  'fam',
]

/** First names that are no other word. With a capital only. */
export const NAMES: readonly string[] =
  `Aad Aart Abdel Ad Adriaan Agnes Ahmed Albert Alex Ali Alice Anita Anja Anke Ankie Anna Anne Annemarie Annemiek
  Annette Annie Ans Anton Antoinette Antoon Arie Arjan Astrid Bart Bas Ben Bernadette Bert Betsie Bianca Bram
  Brigitte Carla Carlo Carolien Caroline Cees Chantal Chris Christa Christian Christine Claudia Coen Connie Cor
  Corrie Daan Dennis Desiree Diana Dirk Ed Edith Edwin Eefje Els Elly Emiel Emma Eric Erik Esther Eva Fatima
  Femke Ferry Fien Fleur Floor Francien Frank Frans Fred Frits Gea Geert Gerard Gerda Gerrit Gert Gijs Ginie
  Grada Guus Hanneke Hanny Hans Harrie Harry Hassan Helma Hendrik Henk Henny Herman Hetty Hub Hugo Ida Ilse
  Ineke Inge Ingrid Irene Iris Ivo Jaap Jacqueline Jan Janneke Jannie Jasper Jeanne Jelle Jeroen Jessica Jet
  Joep Johan Johanna John Jolanda Joost Jos Jose Josien Judith Jules Julia Karel Karin Kees Kim Klaas Koen
  Lars Leen Leo Lenie Lia Lien Lies Linda Lisa Loes Lotte Louis Luc Lucas Luuk Maarten Maikel Manon Marcel
  Margriet Maria Marian Mariet Marieke Marij Marijke Marijn Mario Marion Marja Marjan Mark Marleen Marlies
  Martijn Martin Mathijs Mathieu Maurice Mia Michel Miep Mieke Miranda Mohammed Monique Nel Nelly Nico Niels
  Nienke Noor Olga Otto Pascal Patrick Paul Paula Peter Petra Piet Pieter Pim Piotr Ralph Ramon Rene Ria
  Richard Rick Rob Robert Roel Roland Ron Ronald Rosa Ruben Ruud Saar Sander Sandra Saskia Sef Sien Silvia
  Sjaak Sjef Sjors Sofie Stan Stefan Sven Sylvia Tamara Tess Theo Thea Thijs Thomas Tiny Tim Tineke Toine Ton
  Toon Toos Tom Trudy Truus Twan Vera Veronique Vincent Wiel Wies Wilhelmina Wil Willem Willemien Wilma Wim
  Wouter Yvonne`.split(/\s+/)

/** Parts of words about somebody's health. */
export const HEALTH: readonly string[] = [
  'adhd',
  'alcoholist',
  'alzheimer',
  'angststoornis',
  'autis',
  'beroerte',
  'borderline',
  'burn-out',
  'burnout',
  'chemo',
  'dement',
  'depressi',
  'diabetes',
  'epileps',
  'hartaanval',
  'hartinfarct',
  'herseninfarct',
  'kanker',
  'longcovid',
  'medicijn',
  'miskraam',
  'parkinson',
  'psychiatr',
  'psychose',
  'reuma',
  'schizofren',
  'suikerziekte',
  'tumor',
  'verslaafd',
  'verslaving',
  'zelfdoding',
  'zelfmoord',
]

/** An address: a street with a number. */
export const STREETS =
  'straat|weg|laan|plein|hof|dijk|pad|steeg|singel|kade|veld|akker|horst|broek|berg|kamp'
