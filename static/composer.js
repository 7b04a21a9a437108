// Beside the composer: slow mode counts down to the next post, and what waited for the team goes once it stands in the feed.
"use strict";
(() => {
  function tick() {
    for (const rule of document.querySelectorAll("[data-slow-wait]")) {
      rule.dataset.until ??= Date.now() + rule.dataset.slowWait * 1000;
      const left = Math.max(0, Math.ceil((rule.dataset.until - Date.now()) / 1000));
      const words = rule.querySelector("[data-slow-left]");
      if (!words) continue;
      const said = left ? `You can post in ${left} second${left === 1 ? "" : "s"}.` : "You can post now.";
      if (words.textContent !== said) words.textContent = said;
    }
  }
  setInterval(tick, 500);
  tick();

  const feed = document.querySelector("[data-feed]");
  if (!feed) return;
  const seen = () => {
    for (const note of document.querySelectorAll("[data-unseen]")) {
      const entry = document.getElementById(`entry-${note.dataset.unseen}`);
      if (entry && !entry.classList.contains("entry-hidden")) note.remove();
    }
  };
  new MutationObserver(seen).observe(feed, { childList: true });
})();
