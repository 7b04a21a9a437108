// An open page follows its campaign: when something about it changed, the page is fetched and its changes are taken in
// where they are. Scroll, focus and what is being typed stay. While somebody types, only banners and clocks change, and a
// notice offers the rest. What the control room does beyond that is in team.js.
"use strict";
(() => {
  const page = document.body.dataset;
  const { say, typing, dress } = launchpad;
  const PHASES = {
    preview: "The preview has opened.", waitlist: "The waitlist has opened.", launch: "Doors are open for everyone.",
    recap: "The recap has begun.", archived: "This launch is over.",
  };
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const pause = (ms) => new Promise((on) => { setTimeout(on, ms); });
  const anew = () => location.replace(location.href.split("#")[0]); // not reload(): an answer to a POST would be sent again

  // -- taking in: what a person has in hand is theirs, whatever the fetched page says of it
  const typed = (field) => field.type !== "hidden" && field.value !== field.defaultValue;
  htmx.registerExtension("in-hand", { // htmx asks its extensions about each change; the page hears no event of it
    htmx_before_morph_attr: (target, { attrName }) => !(attrName === "open" && target.matches("details, dialog")
      || attrName === "hidden" && target.matches("[data-copy], [data-queue-keys], [data-how]")
      || attrName === "value" && target instanceof HTMLInputElement && typed(target)),
    htmx_before_morph_node: (target) => !(target instanceof HTMLTextAreaElement && typed(target)),
  });
  htmx.config.morphSkip = "[data-keep]"; // a list that changes only when its reader asks for it
  async function morph(here, there, transition = false) {
    for (const kept of here.querySelectorAll("[data-keep]")) { // also what stands elsewhere on the new page stays where it is
      const now = there.querySelector(`#${CSS.escape(kept.id)}`);
      if (now) now.innerHTML = kept.innerHTML;
    }
    if (here.innerHTML === there.innerHTML) return;
    const focused = here.contains(document.activeElement) ? document.activeElement : null;
    const swap = `innerMorph ignoreTitle:true swapEmpty:true${transition && !still.matches && !document.hidden ? " transition:true" : ""}`;
    await htmx.swap({ text: there.innerHTML, sourceElement: here, target: here, swap });
    dress(here);
    if (focused && document.activeElement !== focused) {
      const now = focused.isConnected ? focused : focused.id ? document.getElementById(focused.id) : null;
      (now || document.getElementById("main")).focus({ preventScroll: true });
    }
  }
  async function fetched(address = location.href) { // null: this address shows no page by itself
    const answer = await fetch(address.split("#")[0], { cache: "no-cache", headers: { Accept: "text/html" } });
    return answer.ok && !answer.redirected ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
  }
  function load(scripts) { // those that the page needs now and did not before
    const here = new Set([...document.scripts].map((one) => one.src));
    for (const { src } of scripts) {
      if (!src || here.has(src)) continue;
      const script = document.createElement("script");
      script.src = src;
      document.body.append(script);
    }
  }
  const inHand = () => typing() || document.querySelector("dialog[open], form[data-sent]") !== null;

  function tellClocks(fresh) { // the clocks alone, where all of them are still there
    const [here, there] = [document, fresh].map((root) => [...root.querySelectorAll("#main [data-clock]")]);
    if (here.length !== there.length) return;
    here.forEach((clock, at) => {
      for (const name of ["clock", "now", "speed"]) clock.dataset[name] = there[at].dataset[name];
      for (const part of [".label", ".when"]) {
        const [old, now] = [clock, there[at]].map((one) => one.querySelector(part));
        if (old && now) old.innerHTML = now.innerHTML;
      }
      dress(clock);
    });
  }
  async function takeIn(fresh, whole = false) { // true when all of it was
    await morph(document.getElementById("banners"), fresh.getElementById("banners"));
    const turned = page.phase !== fresh.body.dataset.phase;
    for (const name of ["phase", "version", "now", "speed"]) if (fresh.body.dataset[name]) page[name] = fresh.body.dataset[name];
    const parts = document.body.classList.contains("team") ? [] : [...document.querySelectorAll("#main [data-fresh]")];
    if (!whole && inHand() && (turned || !parts.length)) { tellClocks(fresh); return false; }
    if (parts.length) { // a feed has its own news: its list is left as it is, and so is the part that somebody types in
      const held = (part) => !whole && [...part.querySelectorAll("input, textarea")].some(typed);
      for (const part of parts.filter((one) => !held(one))) {
        const there = fresh.getElementById(part.id);
        if (there) await morph(part, there);
      }
    } else await morph(document.getElementById("main"), fresh.getElementById("main"), turned);
    document.title = fresh.title;
    load(fresh.scripts);
    return true;
  }

  // -- the notice that the page moved on, for somebody who has something in hand
  function offer(words, label, act) {
    const place = document.getElementById("moved");
    if (!place) return;
    place.innerHTML = '<aside class="banner banner-moved" aria-label="Moved on"><div class="wrap"><p></p><button type="button" class="act act-small"></button></div></aside>';
    place.querySelector("p").textContent = inHand() ? `${words} What you typed is still here.` : words;
    const button = place.querySelector("button");
    button.textContent = label;
    button.addEventListener("click", async () => {
      await act();
      place.replaceChildren();
      const field = [...document.querySelectorAll("#main input, #main textarea")].find(typed);
      (field || document.getElementById("main")).focus({ preventScroll: !field });
    });
  }
  const withdraw = () => document.getElementById("moved")?.replaceChildren();

  Object.assign(launchpad, { morph, fetched, takeIn, offer, withdraw, inHand, anew });
  if (!page.campaign || document.body.classList.contains("team")) return;

  // -- the campaign's public truth: looked at now and then, right after an opening, and when a stream says so
  const shape = ({ now, thread, waitlist, stock, milestones, ...rest }) =>
    JSON.stringify([rest, milestones?.map(({ name, due, waits }) => [name, due, waits])]);
  const behind = (shown, state) => +shown.version < (state.version ?? 0) || shown.phase !== state.phase;

  function sentence(known, state) {
    const shows = (kind) => document.querySelector(`#banners .banner-${kind}`) !== null;
    const before = known || { ...state, phase: page.phase, held: shows("hold"), stopped: shows("stopped") };
    if (state.phase !== before.phase) return PHASES[state.phase] || "This page has moved on.";
    const open = (one) => Object.values(one.head_start).some(Boolean);
    if (state.held !== before.held) return state.held ? `The schedule stands still. ${state.message}`.trim() : "The schedule goes on.";
    if (state.stopped !== before.stopped) return state.stopped ? `Sales are paused. ${state.message}`.trim() : "Sales go on.";
    if (open(state) && !open(before)) return "The head start has begun.";
    const begun = state.events?.find((one) => one.live && !before.events?.find((other) => other.id === one.id)?.live);
    if (begun) return `Live now: ${begun.title}.`;
    if (state.awaited && !before.awaited) return "It can be any moment now: the team says when.";
    const times = (one) => JSON.stringify(one.milestones?.map(({ due, waits }) => [due, waits]));
    return times(state) !== times(before) ? "The times have changed." : "";
  }

  let known = null;
  let hurry = 0; // looks left that come quickly, after a clock has run out
  let waiting = 0;
  let working = false;

  async function catchUp(words, state) {
    if (working) { known = null; return; }
    working = true;
    try {
      let fresh = await fetched();
      for (let tries = 0; fresh && behind(fresh.body.dataset, state) && tries < 3; tries += 1) { // shared bytes live a second
        await pause(900);
        fresh = await fetched();
      }
      if (!fresh && !inHand()) { anew(); return; }
      const act = async () => { const page = await fetched().catch(() => null); if (page) await takeIn(page, true); else anew(); };
      const taken = fresh !== null && await takeIn(fresh);
      words ||= taken ? "This page was brought up to date." : "Something changed on this page.";
      if (taken) withdraw();
      else offer(words, "Show the page as it is now", act);
      if (fresh && behind(fresh.body.dataset, state)) known = null; // looked at once more
      hurry = 0;
      say(words);
    } catch { known = null; /* away for a moment: the next look finds it */ } finally { working = false; }
  }
  // a moment that came between the making of this page and its first look; moments of this form compare as words
  const passed = (since, { now, milestones = [], events = [] }) =>
    [...milestones.map(({ due }) => due), ...events.flatMap(({ at, ends }) => [at, ends])].some((moment) => moment > since && moment <= now);
  let turn = 0;
  function awaitEvents({ now, events = [] }) { // a live event begins and ends on open pages by itself, clock or none
    clearTimeout(turn);
    const ahead = events.flatMap(({ at, ends }) => [at, ends]).map((moment) => Date.parse(moment) - Date.parse(now)).filter((left) => left > 0);
    const wait = Math.min(...ahead) / +page.speed;
    if (wait < 2 ** 31) turn = setTimeout(() => look(true), wait + 250 + Math.random() * 1250);
  }
  function heard(state) {
    if ((state.version ?? 0) < +page.version) return; // kept by somebody on the way: older than the page
    awaitEvents(state);
    document.dispatchEvent(new CustomEvent("launchpad:state", { detail: state }));
    const before = known;
    known = state;
    if (before ? shape(before) !== shape(state) : behind(page, state) || passed(page.now, state)) catchUp(sentence(before, state), state);
  }
  async function look(asked = false, told = false) { // told: something changed just now, so what this browser kept is old
    clearTimeout(waiting);
    if (asked === true || !page.streams) {
      try {
        const answer = await fetch(`/${page.campaign}/state.json`, { cache: told ? "no-cache" : "default", headers: { Accept: "application/json" } });
        if (answer.ok) heard(await answer.json());
      } catch { /* as above */ }
    }
    const length = hurry > 0 ? 2500 : +page.speed > 1 ? 4000 : 30000;
    hurry -= 1;
    waiting = setTimeout(() => (document.hidden ? sleep() : look()), length * (0.8 + Math.random() * 0.4));
  }
  function sleep() { document.addEventListener("visibilitychange", () => look(true), { once: true }); }
  // at an opening all pages would ask at once: those that follow live hear of it by an event and only make sure later,
  // all others spread their looks over some seconds
  document.addEventListener("launchpad:due", () => {
    const spread = +page.speed > 1 ? 1500 : 3000;
    if (page.streams) { setTimeout(() => look(true), (2 + Math.random() * 2) * spread); return; }
    hurry = 10;
    setTimeout(() => look(true), 300 + Math.random() * spread);
  });
  document.addEventListener("launchpad:look", (event) => setTimeout(() => look(true, true), Math.random() * (event.detail || 0)));
  waiting = setTimeout(() => look(true), 1500 + Math.random() * 3500);
})();
