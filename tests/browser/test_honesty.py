"""The screen never claims more than is true: *bewaard* stands under a note only after the server said so.

This is rule C14 of the histories (`tests/history/checker.py`), looked at from inside the page: what the
socket brings is written down before the page hears it, and every change of the marks is too.
"""

import pytest
from playwright.async_api import expect

from tests.browser.hall import Hall, note, see_kept, write
from tests.faults.proxy import FaultProxy

pytestmark = pytest.mark.browser

PROBE = """
(() => {
  const probe = { made: {}, told: {}, marks: [] };
  window.__probe = probe;
  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (data) {
    const said = JSON.parse(data);
    if (said.t === 'do' && said.c.do === 'note.create') probe.made[said.c.note] = said.id;
    return send.call(this, data);
  };
  window.WebSocket = class extends WebSocket {
    constructor(...given) {
      super(...given);
      this.addEventListener('message', (event) => {
        if (typeof event.data !== 'string') return;
        for (const [name, number, refusal] of JSON.parse(event.data).acks ?? []) {
          if (!refusal && number) probe.told[name] ??= performance.now();
        }
      });
    }
  };
  const look = () => {
    for (const one of document.querySelectorAll('[data-note-id]')) {
      const text = one.innerText;
      const kept = text.includes('bewaard') && !/op dit apparaat bewaard|nog niet bewaard/.test(text);
      probe.marks.push([one.dataset.noteId, performance.now(), kept]);
    }
  };
  new MutationObserver(look).observe(document, {
    subtree: true, childList: true, characterData: true, attributes: true,
  });
})();
"""


async def test_kept_is_said_only_after_the_server_said_so(
    hall_behind_proxy: Hall, proxy: FaultProxy
) -> None:
    context = await hall_behind_proxy.context()
    await context.add_init_script(PROBE)
    anna = await hall_behind_proxy.tablet(context)
    await write(anna, "Met netwerk.")
    await see_kept(anna, "Met netwerk.")

    proxy.stall()  # it leaves, and nothing comes back
    await write(anna, "In de stilte.")
    await expect(note(anna, "In de stilte.")).to_contain_text("onderweg")
    proxy.cut()
    proxy.refuse()
    await write(anna, "Zonder netwerk.")
    await expect(note(anna, "Zonder netwerk.")).to_contain_text("op dit apparaat bewaard")
    proxy.serve()
    for text in ("In de stilte.", "Zonder netwerk."):
        await see_kept(anna, text)

    seen = await anna.evaluate("window.__probe")
    assert len(seen["made"]) == 3
    for id, name in seen["made"].items():
        claimed = [at for mark, at, kept in seen["marks"] if mark == id and kept]
        assert claimed, "the probe is not blind"
        assert seen["told"][name] <= min(claimed)
