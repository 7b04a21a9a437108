// The numbers that move: what the stream tells once a second is written where it stands, nothing is made anew. Who was
// away, or follows by polling, asks for them; the words come rounded from the server.
"use strict";
(() => {
  const stream = document.getElementById("stream");
  if (!stream) return;
  const EVERY = 6000; // ms between two questions where no stream comes through
  const write = (place, words) => { if (place && place.textContent !== words) place.textContent = words; };

  function tell(told) {
    for (const [name, words] of Object.entries(told.n ?? {})) {
      for (const place of document.querySelectorAll(`[data-n="${CSS.escape(name)}"]`)) write(place, words);
    }
    for (const [id, kinds] of Object.entries(told.r ?? {})) {
      const row = document.getElementById(`reactions-${id}`);
      for (const [kind, words] of Object.entries(kinds)) {
        write(row?.querySelector(`[data-kind="${CSS.escape(kind)}"] .count`), words === "0" ? "" : words);
      }
    }
    stock(told.s ?? {});
  }
  // What is left of each variant; when one runs out or comes back, the panel itself is looked at.
  function stock(left) {
    let turned = false;
    for (const [sku, words] of Object.entries(left)) {
      const place = document.querySelector(`[data-left="${CSS.escape(sku)}"]`);
      if (!place) continue;
      turned ||= (place.textContent.trim() === "0") !== (words === "0");
      write(place, words);
    }
    if (turned) setTimeout(() => htmx.trigger(document.getElementById("panel"), "thread:state"), Math.random() * 2000);
  }
  async function ask() {
    try {
      const answer = await fetch(stream.dataset.counters);
      if (answer.ok) tell(await answer.json());
    } catch { /* away for a moment: the next round finds it */ }
  }

  stream.addEventListener("counters", (event) => {
    try { tell(JSON.parse(event.detail.data)); } catch { /* half a message: the next one is whole */ }
  });
  let met = false;
  stream.addEventListener("htmx:sse:after:connection", () => {
    if (met) setTimeout(ask, Math.random() * 3000); // nine thousand come back at once after a restart
    met = true;
  });
  (function round() {
    setTimeout(() => {
      if (!stream.isConnected) return;
      if (!document.body.dataset.streams && !document.hidden) ask();
      round();
    }, EVERY * (0.8 + Math.random() * 0.4));
  })();
})();
