// The thread: what arrives takes its place once, and waits behind "3 new" while someone reads further down.
// An incoming <article id="entry-…"> that is already there replaces it; a new one goes on top.
"use strict";
(() => {
  const feed = document.querySelector("[data-feed]");
  if (!feed) return;
  const pill = document.querySelector(`[data-feed-new="${feed.id}"]`);
  const waiting = new Set();

  const reading = () => feed.getBoundingClientRect().top < -80 || feed.contains(document.activeElement);
  function count() {
    if (!pill) return;
    pill.hidden = waiting.size === 0;
    pill.querySelector("span").textContent = `${waiting.size} new`;
  }
  function show() {
    for (const entry of waiting) { entry.hidden = false; entry.classList.add("arrived"); }
    waiting.clear();
    count();
  }
  // What comes over the stream is the same for everyone: an author's links stay with the author's copy, and so does what
  // one pressed, with counts that are newer than the words.
  function keepLinks(from, to) {
    for (const part of [".entry-links", ".reactions", ".ballot"]) {
      const [had, has] = [from, to].map((entry) => entry.querySelector(part));
      if (!had || !has || (part === ".entry-links" && had.children.length <= has.children.length)) continue;
      if (!has.hasAttribute("data-closed")) has.replaceWith(had); // how a poll ended is everyone's
    }
  }
  // An answer that comes or goes says how many there are now under what it answers to.
  function countAnswers(entry) {
    const link = document.getElementById(`answers-${entry.dataset.replyTo ?? ""}`);
    if (!link) return;
    const there = +entry.dataset.there;
    link.hidden = !there;
    link.querySelector("span").textContent = `${there} answer${there === 1 ? "" : "s"}`;
  }
  function place(entry, gone) {
    if (gone) { // htmx put it in the place of the one it had
      keepLinks(gone, entry);
      if (waiting.delete(gone)) { entry.hidden = true; waiting.add(entry); }
      return;
    }
    const old = [...feed.querySelectorAll(`[id="${CSS.escape(entry.id)}"]`)].find((other) => other !== entry);
    if (old) {
      if (+old.dataset.version >= +entry.dataset.version) { keepLinks(entry, old); entry.remove(); return; }
      keepLinks(old, entry);
      if (waiting.delete(old)) { entry.hidden = true; waiting.add(entry); }
      old.replaceWith(entry);
      return;
    }
    if (entry.dataset.author && entry.dataset.author === feed.dataset.me) return; // one's own is never held back
    if (reading()) { entry.hidden = true; waiting.add(entry); } else entry.classList.add("arrived");
  }

  // Runs before the next paint, so a held-back entry is never seen to jump.
  const watch = new MutationObserver((changes) => {
    const arrived = new Set();
    const gone = new Map();
    for (const change of changes) for (const node of change.addedNodes) {
      if (node.nodeType === 1 && node.matches("article.entry") && node.isConnected) arrived.add(node);
    }
    for (const change of changes) for (const node of change.removedNodes) {
      if (node.nodeType === 1 && node.matches("article.entry") && !node.isConnected) gone.set(node.id, node);
    }
    watch.disconnect();
    for (const entry of arrived) if (entry.isConnected) { countAnswers(entry); place(entry, gone.get(entry.id)); }
    count();
    watch.observe(feed, { childList: true, subtree: true });
  });
  watch.observe(feed, { childList: true, subtree: true });

  pill?.addEventListener("click", () => {
    show();
    feed.querySelector("article.entry:not([hidden])")?.scrollIntoView({ block: "start" });
  });
  addEventListener("scroll", () => { if (waiting.size && !reading()) show(); }, { passive: true });
})();
