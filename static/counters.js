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
    if (told.w) stream.dataset.spread = told.w;
    if (told.s) stock(left = told.s, 3);
    document.dispatchEvent(new CustomEvent("launchpad:counted", { detail: told }));
  }
  // What is left of each variant. When one runs out or comes back its row says so at once, and the panel itself is looked
  // at; looked at again where what came was made a moment before.
  let left = {};
  let stale = false; // what is wrong in it beyond these rows
  let looking = 0;
  function stock(now, tries) {
    const panel = document.getElementById("panel");
    let turned = panel?.querySelector("[data-sold-out]") ? Object.values(now).some((words) => words !== "0") : false;
    for (const [sku, words] of Object.entries(now)) {
      const row = panel?.querySelector(`[data-of="${CSS.escape(sku)}"]`);
      if (!row) continue;
      const [choice, place] = [row.querySelector("input"), row.querySelector("small")];
      if (choice.disabled !== (words === "0")) {
        turned = true;
        choice.disabled = words === "0";
      }
      if (words === "0") write(place, "Sold out");
      else if (row.querySelector("[data-left]")) write(row.querySelector("[data-left]"), words);
      else {
        const figure = document.createElement("span");
        figure.className = "figure";
        figure.dataset.left = sku;
        figure.textContent = words;
        place.replaceChildren(figure, " left");
      }
    }
    const rows = [...(panel?.querySelectorAll("[data-of] input") ?? [])];
    if (rows.length) panel.querySelector("#buy-panel .act").disabled = rows.every((choice) => choice.disabled);
    stale ||= turned;
    if (!stale || looking || !tries) return;
    looking = setTimeout(() => {
      stale = false;
      htmx.trigger(document.getElementById("panel"), "thread:state");
      looking = setTimeout(() => { looking = 0; stock(left, tries - 1); }, 1500);
    }, Math.random() * (+stream.dataset.spread || 100));
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
