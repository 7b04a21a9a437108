// The control room's own part: every page of it hears when time is not being kept and when somebody of the team changed the
// campaign, and takes the changes in. Parts marked data-fresh follow the numbers. The server's version check has the last
// word: what is here only saves somebody from being refused. And the keys: ? says which.
"use strict";
(() => {
  const news = document.getElementById("room-news");
  if (!news) return;
  const page = document.body.dataset;
  const { say, typing, morph, fetched, takeIn, offer, withdraw } = launchpad;
  const EVERY = 3000; // ms between two questions for news
  const NUMBERS = 10000; // between two looks at the numbers, which no event announces
  const LEAST = 2000; // between two looks however much happens
  const MOVING = "dialog[open]:not(#keys), .spine .moving"; // what somebody has in hand, beside what is typed
  let looked = 0;
  let numbers = performance.now();
  let working = false;
  let timer = 0;
  let missed = 0;

  const dirty = (root) => [...root.querySelectorAll("input, textarea, select")].some((field) => field.type !== "hidden"
    && (field.type === "checkbox" || field.type === "radio" ? field.checked !== field.defaultChecked
      : field.tagName === "SELECT" ? [...field.options].some((one) => one.selected !== one.defaultSelected) && field.selectedIndex > 0
        : field.value !== field.defaultValue));
  const planning = () => [...document.querySelectorAll("#main form")].some((form) => form.querySelector("[name=version]") && dirty(form))
    || document.querySelector(MOVING) !== null;

  function away() { // the page says by itself that it is alone
    missed += 1;
    if (missed !== 2) return;
    const since = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(new Date());
    const banner = document.createElement("aside");
    banner.className = "banner banner-bad banner-away";
    banner.setAttribute("aria-label", "Connection");
    banner.innerHTML = '<div class="wrap"><p><strong>The site does not answer.</strong> <span></span></p></div>';
    banner.querySelector("span").textContent = `What you see is from before ${since}. This page asks again by itself.`;
    news.after(banner);
    say("The site does not answer.");
  }
  function back() {
    missed = 0;
    const banner = document.querySelector(".banner-away");
    if (banner) { banner.remove(); say("The site answers again."); }
  }

  async function look() {
    if (working) return;
    working = true;
    looked = performance.now();
    try {
      const answer = await fetch(`${news.dataset.from}?seen=${news.dataset.seen || ""}`, { headers: { Accept: "text/html" }, signal: AbortSignal.timeout(8000) });
      if (answer.redirected || answer.status === 401 || answer.status === 403 || answer.status === 404) { location.reload(); return; }
      if (!answer.ok) { away(); return; }
      back();
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("room-news");
      if (!fresh) return;
      tellTabs(fresh.dataset.waiting);
      const had = news.childElementCount > 0;
      await morph(news, fresh);
      const has = news.childElementCount > 0;
      if (has !== had) say(has ? "Time is not being kept." : "Time is kept again.");
      if (fresh.dataset.version && +fresh.dataset.version > +page.version) await changed(fresh.dataset);
      else if (performance.now() - numbers > NUMBERS) await parts();
    } catch { away(); } finally { working = false; }
  }
  function tellTabs(waiting) { // how much waits on each page of the room
    for (const [name, number] of (waiting ?? "").trim().split(" ").map((one) => one.split(":"))) {
      const tab = document.querySelector(`.team-nav a[data-tab="${CSS.escape(name)}"]`);
      const count = tab?.querySelector(".count");
      if (!tab || !+number && !count || count?.firstChild.nodeValue === number) continue;
      if (!+number) { count.remove(); continue; }
      if (count) { count.firstChild.nodeValue = number; continue; }
      tab.insertAdjacentHTML("beforeend", ' <span class="count"><span class="unseen"> waiting</span></span>');
      tab.querySelector(".count").prepend(number);
    }
  }
  async function changed({ told, seen, version }) {
    const words = told ? `${told}.` : "The campaign was changed.";
    if (planning()) {
      offer(words, "Load the new values", () => take(words, seen, version));
      await parts();
      news.dataset.seen = seen; // said once; the form is refused until it is loaded
      page.version = version;
    } else await take(words, seen, version);
    say(words);
  }
  async function take(words, seen, version) {
    const fresh = await fetched();
    if (!fresh) { // an answer to a form, which no address brings back: a second step made from what was before
      if (seen) { news.dataset.seen = seen; page.version = version; }
      offer(words, "Load the new values", () => location.replace(document.querySelector(".team-nav [aria-current]")?.href || location.pathname));
      return;
    }
    if (seen) news.dataset.seen = seen;
    if (typing() && !planning()) { await parts(fresh); page.version = fresh.body.dataset.version; return; } // words that no version binds
    await takeIn(fresh, true);
    withdraw();
    numbers = performance.now();
  }
  async function parts(fresh) {
    numbers = performance.now();
    const here = [...document.querySelectorAll("[data-fresh][id]")];
    if (here.length < 2 && !fresh) return; // the tabs alone are not worth a page
    fresh ||= await fetched();
    if (!fresh) return;
    const banners = document.getElementById("banners");
    await morph(banners, fresh.getElementById("banners"));
    for (const part of here) {
      const there = fresh.getElementById(part.id);
      if (there && !dirty(part) && !part.querySelector(MOVING)) await morph(part, there);
    }
    for (const name of ["phase", "now", "speed"]) if (fresh.body.dataset[name]) page[name] = fresh.body.dataset[name];
  }
  function soon(wait = 150) {
    clearTimeout(timer);
    timer = setTimeout(async () => { if (!document.hidden) await look(); soon(EVERY * (0.8 + Math.random() * 0.4)); }, wait);
  }

  // -- keys: off in fields, and off altogether for whoever says so
  const OFF = "launchpad:keys-off";
  const on = () => { try { return localStorage.getItem(OFF) === null; } catch { return true; } };
  const list = document.getElementById("keys");
  let going = 0;
  for (const button of document.querySelectorAll(".keys-open")) button.hidden = !list;
  const box = document.querySelector("[data-keys-on]");
  if (box) {
    box.checked = box.defaultChecked = on();
    box.addEventListener("change", () => { try { if (box.checked) localStorage.removeItem(OFF); else localStorage.setItem(OFF, "1"); } catch { /* not kept */ } });
  }
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || !on()) return;
    if (event.target.closest("input, textarea, select, [contenteditable], dialog")) return;
    if (event.key === "?" && list) { list.showModal(); event.preventDefault(); return; }
    if (going && performance.now() - going < 1500) {
      going = 0;
      const link = event.key === "g" ? document.querySelector(".wordmark") : document.querySelector(`.team-nav a[data-key="${CSS.escape(event.key)}"]`);
      if (link) { event.preventDefault(); event.stopImmediatePropagation(); link.click(); }
    } else if (event.key === "g") going = performance.now();
  }, true);

  // -- the stream: a line for every event; what it says is only that asking is worth it
  let source = null;
  let events = 0;
  function listen() {
    if (document.hidden || !news.dataset.stream) { source?.close(); source = null; return; }
    if (source && source.readyState !== EventSource.CLOSED) return;
    source = new EventSource(news.dataset.stream);
    source.addEventListener("changed", () => {
      if (events) return;
      events = setTimeout(() => { events = 0; numbers = -Infinity; document.dispatchEvent(new CustomEvent("launchpad:stirred")); soon(0); }, Math.max(150, LEAST - (performance.now() - looked)));
    });
    source.addEventListener("gone", () => { source.close(); soon(0); });
    source.addEventListener("done", () => { source.close(); delete news.dataset.stream; });
    source.onerror = () => { if (source.readyState === EventSource.CLOSED) setTimeout(listen, 5000 + Math.random() * 5000); };
  }
  document.addEventListener("visibilitychange", () => { listen(); if (!document.hidden) soon(); });
  addEventListener("pagehide", () => source?.close()); // a browser has few connections to a site
  listen();
  soon(EVERY);
})();
