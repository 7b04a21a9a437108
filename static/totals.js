// How a running poll stands, wherever that is shown: what the numbers tell is written where it stands. A poll that only
// those who voted may see is told to all as "it moved"; the pages of those who voted then ask, all of them at one address.
"use strict";
(() => {
  const stream = document.getElementById("stream");
  if (!stream) return;
  const AGAIN = 1200; // ms between two questions, however fast people vote: an answer is kept for a second
  const spread = () => +stream.dataset.spread || 100;
  const pause = (ms) => new Promise((on) => { setTimeout(on, ms); });
  const write = (place, words) => { if (place && place.textContent !== words) place.textContent = words; };
  const there = (id) => document.getElementById(`poll-of-${id}`);
  const asking = new Set();

  function draw(ballot, { n, m, o }) {
    write(ballot.querySelector("[data-voters]"), n);
    ballot.dataset.trace = m;
    ballot.querySelectorAll(".option-bar").forEach((bar, at) => {
      const [share, votes] = o[at];
      const line = bar.querySelector(".share");
      if (line.firstChild.nodeValue !== `${share} % `) line.firstChild.nodeValue = `${share} % `;
      write(line.querySelector("small"), votes);
      bar.querySelector(".fill").setAttribute("width", `${share}%`);
    });
  }
  async function ask(id) {
    asking.add(id);
    await pause(Math.random() * spread());
    for (let idle = 0; idle < 3; idle += 1) {
      const { totals, trace, wanted } = there(id)?.dataset ?? {};
      if (!totals || trace === wanted) break;
      try {
        const answer = await fetch(totals, { credentials: "omit" }); // nobody's own, so one answer serves all
        if (!answer.ok) break;
        const now = await answer.json();
        if (now.m !== trace) idle = -1;
        if (there(id)?.dataset.totals) draw(there(id), now);
      } catch { break; /* away for a moment: the next numbers find it */ }
      await pause(Math.max(AGAIN, 4 * spread()));
    }
    asking.delete(id);
  }
  document.addEventListener("launchpad:counted", (event) => {
    for (const [id, now] of Object.entries(event.detail.v ?? {})) {
      const ballot = there(id);
      if (!ballot || ballot.hasAttribute("data-closed")) continue;
      if (now.o) { draw(ballot, now); continue; }
      write(ballot.querySelector("[data-voters]"), now.n);
      ballot.dataset.wanted = now.m;
      if (ballot.dataset.totals && ballot.dataset.trace !== now.m && !asking.has(id)) ask(id);
    }
  });
})();
