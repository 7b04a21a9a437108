// Beside the composer: slow mode counts down to the next post, a closed thread puts the form away but keeps what is in it,
// what waited for the team goes once it stands in the feed, what was taken down says so to its author, and words that did
// not arrive stay in the form.
"use strict";
(() => {
  function tick() {
    for (const rule of document.querySelectorAll("[data-slow-wait]")) {
      rule.dataset.until ??= Date.now() + rule.dataset.slowWait * 1000;
      const left = Math.max(0, Math.ceil((rule.dataset.until - Date.now()) / 1000));
      const words = rule.querySelector("[data-slow-left]");
      if (!words || rule.dataset.slowWait === "0") continue; // no wait, no word of it
      const said = left ? `You can post in ${left} second${left === 1 ? "" : "s"}.` : "You can post now.";
      if (words.textContent !== said) words.textContent = said;
    }
  }
  setInterval(tick, 500);
  tick();

  // The rule comes to all by an event; whom it binds is the page's to say. One's own words stay where they are.
  const rule = document.getElementById("thread-rule");
  const place = document.getElementById("composer-place");
  function bind() {
    const form = place.querySelector("form.composer");
    if (!form || place.hasAttribute("data-exempt")) return;
    const shut = rule.querySelector("[data-thread-closed]") !== null;
    const begun = [...form.querySelectorAll("textarea, input")].some((field) => field.type === "file" ? field.files.length
      : field.type !== "hidden" && field.name !== "website" && field.value.trim());
    const button = form.querySelector(".foot button");
    if (button.disabled !== shut && !form.classList.contains("htmx-request")) button.disabled = shut;
    if (form.hidden !== (shut && !begun)) form.hidden = shut && !begun;
    form.toggleAttribute("data-shut", shut);
  }
  if (rule && place) {
    const news = new MutationObserver(bind);
    for (const part of [rule, place]) news.observe(part, { childList: true, subtree: true });
    place.addEventListener("input", bind);
    bind();
  }

  // An answer that brings no form (the site is away, a proxy's own page) would take its place, with what was typed.
  document.addEventListener("htmx:before:swap", (event) => {
    const { ctx } = event.detail;
    if (!ctx?.sourceElement?.matches?.("form.composer") || !(ctx.response?.status >= 400) || ctx.text.includes('id="composer"')) return;
    event.preventDefault();
    const said = new DOMParser().parseFromString(ctx.text, "text/html").querySelector(".notice")?.textContent.trim().replace(/\s+/g, " ");
    launchpad.tell(`${said || "That did not arrive."} Your words are kept.`);
  });
  document.addEventListener("htmx:error", (event) => {
    if (event.detail.ctx?.sourceElement?.matches?.("form.composer")) launchpad.tell("That did not arrive: there is no connection. Your words are kept, send them again.");
  });

  const feed = document.querySelector("[data-feed]");
  if (!feed) return;
  const seen = () => {
    for (const note of document.querySelectorAll("[data-unseen]")) {
      const entry = document.getElementById(`entry-${note.dataset.unseen}`);
      if (entry && !entry.classList.contains("entry-hidden")) note.remove();
    }
  };
  // Of what the team keeps off nobody but its author hears, and no event tells them: while words of theirs wait, their page asks.
  const LOOK = 20000; // ms
  const ask = () => { const own = document.getElementById("mine-unseen"); if (own) htmx.trigger(own, "thread:own"); };
  const lost = (node) => node.nodeType === 1 && node.dataset.author === feed.dataset.me
    && document.getElementById(node.id)?.classList.contains("entry-hidden");
  new MutationObserver((changes) => {
    seen();
    if (changes.some((change) => [...change.removedNodes].some(lost))) ask();
  }).observe(feed, { childList: true });
  setInterval(() => { if (!document.hidden && document.querySelector("#mine-unseen [data-waits]")) ask(); }, LOOK);
})();
