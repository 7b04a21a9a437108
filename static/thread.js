// The thread's line to the server. htmx follows the stream; this asks by polling where the stream cannot come through,
// loads the page anew when the server says so, and has the buy panel looked at when something about the campaign changed.
"use strict";
(() => {
  const stream = document.getElementById("stream");
  const feed = document.getElementById("feed");
  if (!stream || !feed) return;
  const PATIENCE = 8000; // ms without a stream before polling begins
  const EVERY = 3000;
  const MUTE = 30000; // ms without a word, after which the stream is checked: something in between may hold it back
  const PROVEN = 300000; // the same for one that said something right after it opened, as each does where nothing holds it back
  const ASLEEP = 20000; // ms between two rounds, after which this machine slept: a stream may have died unheard
  let seq = +stream.dataset.seq;
  let open = false;
  let over = false;
  let lost = performance.now();
  let heard = performance.now();
  let heldBack = false; // the stream opens, but what it says does not come through
  let line = null; // htmx's connection
  let opened = 0;
  let proven = false;
  let round = Date.now();
  let away = false; // nothing comes through at all
  const say = (words) => { const line = document.getElementById("status"); if (line) line.textContent = words; };
  const typing = () => [...document.querySelectorAll("form textarea")].some((field) => field.value !== field.defaultValue);

  function anew() {
    if (typing()) say("The thread has moved on. Finish what you are writing, then load the page again.");
    else location.reload();
  }
  function streams(now) { // while it does, the page need not ask how the campaign stands
    if (!now && open) lost = performance.now();
    open = now;
    if (now) document.body.dataset.streams = "1"; else delete document.body.dataset.streams;
  }
  function changed() {
    panel();
    document.dispatchEvent(new CustomEvent("launchpad:look", { detail: spread() * 1.3 }));
  }
  const spread = () => Math.min(+stream.dataset.spread || 3000, +document.body.dataset.speed > 1 ? 1150 : 3000); // not all at once: the more follow, the longer
  let asks = 0; // one look for several changes in a row
  function panel() {
    if (asks) return;
    asks = setTimeout(() => {
      asks = 0;
      const box = document.getElementById("panel");
      if (box) htmx.trigger(box, "thread:state");
    }, Math.random() * spread());
  }

  stream.addEventListener("htmx:sse:after:connection", (event) => {
    if (!heldBack) streams(true);
    heard = opened = performance.now();
    proven = false;
    line = event.detail.connection;
    line.config.reconnectDelay = 500 + Math.random() * 4500; // after a restart thousands come back: not in the same instant
    line.config.reconnectMaxDelay = 20000;
  });
  document.addEventListener("visibilitychange", () => { // htmx lets go of the stream of a hidden page, and opens it again
    if (document.hidden) return;
    heard = performance.now();
    if (line) line.config.reconnectDelay = 200;
  });
  stream.addEventListener("htmx:sse:error", () => streams(false));
  stream.addEventListener("htmx:sse:close", () => streams(false));
  stream.addEventListener("htmx:sse:before:message", (event) => {
    heldBack = false;
    streams(true);
    heard = performance.now();
    proven ||= heard - opened < 5000;
    const id = +event.detail.message.id;
    if (id > seq) seq = id;
  });
  stream.addEventListener("state", changed);
  stream.addEventListener("reset", anew);
  stream.addEventListener("done", () => {
    over = true;
    say("The thread has ended.");
    setTimeout(() => stream.remove()); // or its trigger would open the stream again
  });

  function cutOff() {
    if (!away) launchpad.tell("No connection. What is new appears by itself as soon as there is one.", true);
    away = true;
  }
  function back() {
    if (away) launchpad.hush();
    away = false;
  }
  addEventListener("offline", cutOff);
  addEventListener("online", back);

  // -- where no stream comes through: the same changes, asked for
  async function poll() {
    if (over) return;
    if (Date.now() - round > ASLEEP) proven = false;
    round = Date.now();
    const silent = !open && performance.now() - lost > PATIENCE;
    const mute = open && performance.now() - heard > (proven ? PROVEN : MUTE);
    if ((silent || mute) && !document.hidden) {
      try {
        const answer = await fetch(`${stream.dataset.since}${seq}`);
        if (answer.status === 410) anew();
        if (answer.status >= 500) throw new Error("away");
        if (mute) {
          heard = performance.now();
          if (answer.ok && +answer.headers.get("X-Seq") > seq) {
            heldBack = true;
            streams(false);
            lost -= PATIENCE;
            line.reader?.cancel(); // it may only have died: another one is opened, and follows as soon as it says something
          }
        }
        if (answer.ok && !open) {
          if (answer.headers.get("X-State")) changed();
          const text = await answer.text();
          seq = Math.max(seq, +answer.headers.get("X-Seq"));
          if (text) await htmx.swap({ text, sourceElement: stream, target: stream, swap: "beforeend swapEmpty:false" });
        }
        back();
      } catch { // the next round finds it
        cutOff();
      }
    }
    if (open && away && navigator.onLine) back();
    setTimeout(poll, EVERY * (0.8 + Math.random() * 0.4));
  }
  setTimeout(poll, EVERY);

  // -- on a phone: the bar to buy stands aside while the panel's own button, whichever it is by now, is in view
  const inView = new IntersectionObserver((looks) => {
    document.body.toggleAttribute("data-buy-seen", looks.at(-1).isIntersecting);
  });
  let button = null;
  function watch() {
    const now = document.querySelector("#buy-panel .act");
    if (now === button) return;
    inView.disconnect();
    button = now;
    if (now) inView.observe(now); else document.body.removeAttribute("data-buy-seen");
  }
  watch();
  new MutationObserver(watch).observe(document.getElementById("main"), { childList: true, subtree: true });

  // -- said politely, at most every few seconds: the feed itself is no live region
  let news = 0;
  let told = 0;
  const entries = (nodes) => [...nodes].filter((node) => node.nodeType === 1 && node.matches("article.entry")).map((node) => node.id);
  new MutationObserver((changes) => {
    const gone = new Set(changes.flatMap((change) => entries(change.removedNodes)));
    news += changes.flatMap((change) => entries(change.addedNodes)).filter((id) => !gone.has(id)).length;
    if (news && !told) told = setTimeout(() => { say(`${news} new in the thread`); news = 0; told = 0; }, 5000);
  }).observe(feed, { childList: true });
})();
