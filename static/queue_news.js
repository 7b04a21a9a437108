// The open queue says what has come in meanwhile, and what others have decided; nothing of it moves until one asks for it.
// Without this script there is a link to the page as it is now.
"use strict";
(() => {
  const queue = document.querySelector("[data-queue]");
  const button = document.querySelector("[data-queue-new]");
  if (!queue?.dataset.from || !button) return;
  const { say, fetched, takeIn } = launchpad;
  const EVERY = 2000; // ms between two questions: what waits for the team is no event
  let known = new Set(queue.dataset.picks.split(" "));
  let told = "";
  let timer = 0;
  let asking = false;
  const picks = () => [...queue.querySelectorAll("[data-pick]")];

  function tell(now, counts) {
    for (const place of document.querySelectorAll("[data-count]")) place.textContent = counts[place.dataset.count] ?? 0;
    const fresh = now.filter((pick) => !known.has(pick)).length;
    const left = new Set(now);
    const gone = picks().filter((item) => !left.has(item.dataset.pick));
    for (const item of picks()) item.toggleAttribute("data-gone", gone.includes(item));
    const words = [fresh && `${fresh} new`, gone.length && `${gone.length} decided or changed meanwhile`].filter(Boolean).join(", ");
    button.hidden = !words;
    button.querySelector("span").textContent = words;
    if (words && words !== told) say(`In the queue: ${words}.`);
    told = words;
  }
  async function ask() {
    clearTimeout(timer);
    const began = performance.now();
    if (!asking && !document.hidden) {
      asking = true;
      try {
        const answer = await fetch(queue.dataset.from, { headers: { Accept: "application/json" } });
        if (answer.ok && !answer.redirected) { const { picks: now, counts } = await answer.json(); tell(now, counts); }
      } catch { /* away for a moment: the page says so by itself */ } finally { asking = false; }
    }
    clearTimeout(timer);
    const took = performance.now() - began; // a site that is slow to answer, or a queue of thousands, is asked less often
    timer = setTimeout(ask, (EVERY + 10 * took) * (0.8 + Math.random() * 0.4));
  }
  button.addEventListener("click", async () => {
    const there = await fetched(document.querySelector("[data-queue-again]").href).catch(() => null);
    const now = there?.querySelector("[data-queue]");
    if (!now) { location.assign(document.querySelector("[data-queue-again]").href); return; }
    const before = new Set(picks().map((item) => item.id));
    queue.removeAttribute("data-keep"); // only now may it change
    try { await takeIn(there, true); } finally { queue.setAttribute("data-keep", ""); }
    known = new Set(now.dataset.picks.split(" "));
    for (const item of picks()) item.removeAttribute("data-gone");
    button.hidden = true;
    told = "";
    const first = picks().find((item) => !before.has(item.id));
    if (first) { first.focus({ preventScroll: true }); first.scrollIntoView({ block: "nearest" }); }
  });
  document.addEventListener("launchpad:stirred", ask);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) ask(); });
  timer = setTimeout(ask, EVERY);
})();
