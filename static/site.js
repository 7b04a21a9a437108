// What a page gains with a script; each part works without it. No dependency, no inline code, no eval.
"use strict";
(() => {
  const page = document.body.dataset;
  const say = (words) => { const line = document.getElementById("status"); if (line) line.textContent = words; };
  let shown = 0;
  function hush() {
    clearTimeout(shown);
    document.getElementById("status")?.classList.replace("told", "unseen");
  }
  function tell(words, lasting = false) { // said, and to be seen: what did not go through
    const line = document.getElementById("status");
    if (!line) return;
    hush();
    line.classList.replace("unseen", "told");
    line.textContent = words;
    if (!lasting) shown = setTimeout(hush, 9000);
  }
  const fields = (root) => [...root.querySelectorAll("textarea, input")].filter(
    (field) => field.form && !["hidden", "checkbox", "radio", "submit"].includes(field.type) && !field.readOnly);
  const typing = () => fields(document).some((field) => field.value !== field.defaultValue);

  // -- local times: the visitor's own beside the campaign's, when they differ
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const written = { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const inOwnZone = new Intl.DateTimeFormat("en-GB", written);
  function localTimes(root) {
    for (const time of root.querySelectorAll("time[data-local]:not([data-done])")) {
      time.dataset.done = "";
      const moment = new Date(time.dateTime);
      const words = inOwnZone.format(moment).replace(/,(?=.*,)/, "");
      const shown = time.textContent.trim();
      const dated = /\d [A-Z]/.test(shown); // "Sat 12 Dec, 18:00" is, "Sat 18:00" is not
      const sameDay = dated ? shown.includes(` ${moment.getDate()} `) : shown.startsWith(words.slice(0, 3));
      if (shown.endsWith(words.slice(-5)) && sameDay) continue;
      if (time.dataset.local === "short") {
        if (!shown.endsWith(words.slice(-5))) time.title = `${words} where you are; ${time.title}`;
        continue;
      }
      const beside = document.createElement("span");
      beside.className = "local-time";
      beside.textContent = `${sameDay ? words.slice(-5) : words} where you are`;
      (time.closest(".moment") || time).after(beside);
    }
  }

  // -- clocks: what is left, in campaign time, so a rehearsal's runs at its speed and a held one stands
  const based = new WeakMap(); // element -> the stamp and pace that the page gave it, and when that was
  function campaignTime(element, stamp, pace) {
    let base = based.get(element);
    if (!base || base.stamp !== stamp || base.pace !== pace) based.set(element, base = { stamp, pace, at: performance.now() });
    return Date.parse(stamp) + (performance.now() - base.at) * pace;
  }
  const called = new Set(); // moments at which a clock has run out
  function tick() {
    for (const clock of document.querySelectorAll("[data-clock]")) {
      const now = campaignTime(clock, clock.dataset.now, +clock.dataset.speed);
      const left = Math.max(0, Math.ceil((Date.parse(clock.dataset.clock) - now) / 1000));
      const parts = { days: Math.floor(left / 86400), hours: Math.floor(left / 3600) % 24, minutes: Math.floor(left / 60) % 60, seconds: left % 60 };
      for (const digits of clock.querySelectorAll("[data-unit]")) {
        const value = parts[digits.dataset.unit];
        const words = digits.dataset.unit === "days" ? String(value) : String(value).padStart(2, "0");
        if (digits.textContent !== words) digits.textContent = words;
      }
      if (!left && +clock.dataset.speed && !called.has(clock.dataset.clock)) {
        called.add(clock.dataset.clock);
        document.dispatchEvent(new CustomEvent("launchpad:due"));
      }
    }
    for (const time of document.querySelectorAll("time[data-runs]")) {
      const at = new Date(campaignTime(time, time.dateTime, +time.dataset.runs));
      time.textContent = new Intl.DateTimeFormat("en-GB", { ...written, timeZone: time.dataset.zone }).format(at).replace(/,(?=.*,)/, "");
    }
    setTimeout(tick, +page.speed > 1 ? 200 : 1000);
  }

  // -- small things
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy], [data-opens], [data-share]");
    if (!button) return;
    if (button.dataset.share) { navigator.share({ title: document.title, url: button.dataset.share }).catch(() => {}); return; }
    if (button.dataset.opens) { document.getElementById(button.dataset.opens)?.showModal(); return; }
    const field = button.parentElement.querySelector("[data-copy-from]");
    field.select();
    await navigator.clipboard?.writeText(field.value);
    button.lastChild.textContent = "Copied";
    say("Copied");
  });
  document.addEventListener("submit", (event) => { // one click, one form: the server's key settles the rest
    const form = event.target;
    if (form.method === "dialog" || event.defaultPrevented || form.hasAttribute("hx-post")) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
    setTimeout(() => delete form.dataset.sent, 4000);
  });
  // what is typed on while a form is on its way is no part of what was sent: it stays when the answer takes the form's place
  const sent = new WeakMap(); // a form -> what its fields held when it was sent
  const since = new WeakMap(); // what one request is about -> the fields that hold something else by now
  document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
    if (ctx.sourceElement.matches("form")) sent.set(ctx.sourceElement, new Map(fields(ctx.sourceElement).map(({ id, value }) => [id, value])));
  });
  document.addEventListener("htmx:before:swap", ({ detail: { ctx } }) => {
    const before = sent.get(ctx.sourceElement);
    const other = before && fields(ctx.sourceElement).filter(({ id, value }) => id && value && value !== before.get(id));
    if (other) since.set(ctx, other.map((field) => ({ field, here: field === document.activeElement })));
  });
  document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
    for (const { field: old, here } of since.get(ctx) || []) {
      const field = document.getElementById(old.id);
      if (!field) continue;
      if (old.files) field.files = old.files; else field.value = old.value;
      for (let box = field.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
      if (here) field.focus({ preventScroll: true });
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  });
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

  function dress(root) {
    localTimes(root);
    for (const button of root.querySelectorAll("[data-copy][hidden]")) button.hidden = !navigator.clipboard;
    for (const button of root.querySelectorAll("[data-share][hidden]")) button.hidden = !navigator.share;
  }
  dress(document);
  new MutationObserver((changes) => {
    for (const change of changes) for (const node of change.addedNodes) if (node.nodeType === 1 && node.parentElement) dress(node.parentElement);
  }).observe(document.body, { childList: true, subtree: true });
  tick();
  window.launchpad = { say, tell, hush, typing, dress }; // for the scripts that build on this one
})();
