// The timeline's script: the line of now moves, and a moment that may be moved is dragged, by a pointer or by keys. Nothing
// is decided here: letting go asks the server what would follow, and only its form moves anything. What goes along with a
// moment (a head start with the launch, letters with their moment) is drawn at the same distance from it, as a guess.
"use strict";
(() => {
  const STEP = 15 * 60e3; // ms; where a dragged moment may land
  const KEYS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, PageDown: 96, PageUp: -96 }; // in steps
  const spine = () => document.getElementById("spine");
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  let held = null; // what is being moved: { grip, plot, knots, from, at, marks: [{ mark, from }], ghost, asked }
  let quiet = false; // the click that follows a drag is none

  // -- the scale: [[ms, position], …] rising; true between two knots
  const knotsOf = (plot) => JSON.parse(plot.dataset.knots);
  const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
  function along(knots, value, from, to) {
    const last = knots.length - 1;
    const inside = clamp(value, knots[0][from], knots[last][from]);
    const n = clamp(knots.findIndex((knot) => knot[from] > inside), 1, last) || last;
    const [left, right] = [knots[n - 1], knots[n]];
    const share = right[from] > left[from] ? (inside - left[from]) / (right[from] - left[from]) : 0;
    return left[to] + share * (right[to] - left[to]);
  }
  const place = (knots, ms) => along(knots, ms, 0, 1);
  const moment = (knots, position) => along(knots, position, 1, 0);
  function put(plot, mark, position) {
    if (plot.dataset.unit) mark.setAttribute("x", `${position.toFixed(3)}%`); else mark.setAttribute("y", position.toFixed(1));
  }
  function pointed(plot, event) {
    const box = plot.getBoundingClientRect();
    return plot.dataset.unit ? (100 * (event.clientX - box.left)) / box.width : event.clientY - box.top;
  }

  // -- words
  const written = (ms, zone, more = {}) => new Intl.DateTimeFormat("en-GB", {
    weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone, ...more,
  }).format(ms).replace(/,(?=.*,)/, "");
  function length(ms) {
    const minutes = Math.round(Math.abs(ms) / 60e3);
    const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24, minutes % 60];
    return [days && `${days} day${days === 1 ? "" : "s"}`, hours && `${hours} h`, rest && `${rest} min`].filter(Boolean).join(" ");
  }
  function tell(words) {
    const line = spine()?.querySelector("[data-told]");
    if (line && line.textContent !== words) line.textContent = words;
  }

  // -- moving
  function take(grip) {
    if (held?.grip === grip) return;
    putBack();
    const plot = grip.closest("[data-line]");
    const names = new Set([grip.dataset.name]);
    const marks = [];
    const all = [...plot.querySelectorAll(".grip")];
    for (let more = true; more;) {
      more = false;
      for (const other of all) {
        if (other === grip || marks.some((one) => one.grip === other) || !names.has(other.dataset.follows)) continue;
        marks.push({ grip: other, mark: other.closest(".mark"), from: Date.parse(other.dataset.at) });
        if (other.dataset.name) names.add(other.dataset.name);
        more = true;
      }
    }
    const from = Date.parse(grip.dataset.at);
    marks.unshift({ grip, mark: grip.closest(".mark"), from });
    for (const one of marks) one.when = one.mark.querySelector("text.when")?.textContent;
    held = { grip, plot, knots: knotsOf(plot), from, at: from, marks, ghosts: [] };
  }
  function ghosts() { // where everything was
    for (const { mark } of held.marks) {
      const ghost = mark.cloneNode(true);
      ghost.querySelector(".grip")?.removeAttribute("href");
      for (const words of ghost.querySelectorAll("text, .leader, title")) words.remove();
      ghost.querySelector(".grip").setAttribute("tabindex", "-1");
      ghost.classList.add("was");
      ghost.setAttribute("aria-hidden", "true");
      ghost.removeAttribute("data-mark");
      mark.before(ghost);
      mark.classList.add("moving");
      held.ghosts.push(ghost);
    }
  }
  function moveTo(ms) {
    if (!held.ghosts.length) ghosts();
    held.at = ms;
    const zone = spine().dataset.zone;
    const by = ms - held.from;
    const told = [];
    for (const { grip, mark, from, when } of held.marks) {
      put(held.plot, mark, place(held.knots, from + by));
      if (when !== undefined) mark.querySelector("text.when").textContent = written(from + by, zone).replace(",", "");
      if (grip !== held.grip && grip.dataset.name) told.push(`${grip.dataset.label}: ${written(from + by, zone)}`);
    }
    const shift = by ? `, ${length(by)} ${by > 0 ? "later" : "earlier"}` : ", where it was";
    const mine = own !== zone ? ` (${written(ms, own)} where you are)` : "";
    tell(`${held.grip.dataset.label}: ${written(ms, zone, { timeZoneName: "short" })}${mine}${shift}.${told.length ? ` Along with it: ${told.join("; ")}.` : ""}`);
  }
  function putBack(words) {
    if (!held) return;
    for (const ghost of held.ghosts) ghost.remove();
    for (const { mark, from, when } of held.marks) {
      put(held.plot, mark, place(held.knots, from));
      mark.classList.remove("moving");
      if (when !== undefined) mark.querySelector("text.when").textContent = when;
    }
    held = null;
    if (words !== undefined) tell(words);
  }
  async function ask() {
    const asked = held;
    const { grip, at, from } = asked;
    if (at === from) { putBack("It is where it was."); return; }
    asked.asked = true;
    const dialog = document.getElementById("spine-effect");
    try {
      const answer = await fetch(`${grip.dataset.effect}?due=${encodeURIComponent(new Date(at).toISOString())}`, { headers: { "HX-Request": "true", Accept: "text/html" } });
      if (answer.redirected || ![200, 422].includes(answer.status)) throw new Error("no effect");
      const effect = await answer.text();
      if (held !== asked) return; // put back meanwhile
      dialog.querySelector("[data-effect-body]").innerHTML = effect;
      document.getElementById("spine-effect-title").textContent = answer.ok ? `Move “${grip.dataset.label}”` : "It cannot move there";
      dialog.showModal();
    } catch {
      if (held === asked) putBack("The site did not say what would follow, so nothing was moved. Try again.");
    }
  }

  // -- by a pointer
  let down = null; // { grip, x, y, from, dragged }
  document.addEventListener("pointerdown", (event) => {
    quiet = false;
    const grip = event.target.closest?.(".spine .grip");
    if (!grip || event.button !== 0 || !event.isPrimary) return;
    const plot = grip.closest("[data-line]");
    const off = pointed(plot, event) - place(knotsOf(plot), Date.parse(grip.dataset.at));
    down = { grip, plot, off, x: event.clientX, y: event.clientY, dragged: false };
  });
  document.addEventListener("pointermove", (event) => {
    if (!down || !event.isPrimary) return;
    if (!down.dragged && Math.hypot(event.clientX - down.x, event.clientY - down.y) < 5) return;
    if (!down.dragged) {
      down.dragged = true;
      if (!down.grip.dataset.effect) { tell(down.grip.dataset.stays); return; }
      down.grip.setPointerCapture(event.pointerId);
      take(down.grip);
    }
    if (!held || !down.grip.dataset.effect) return;
    const raw = moment(held.knots, pointed(down.plot, event) - down.off);
    moveTo(held.from + Math.round((raw - held.from) / STEP) * STEP);
  });
  document.addEventListener("pointerup", () => {
    if (down?.dragged) { quiet = true; if (held) ask(); }
    down = null;
  });
  document.addEventListener("pointercancel", () => { down = null; putBack(""); });
  document.addEventListener("dragstart", (event) => { if (event.target.closest?.(".spine .grip")) event.preventDefault(); });
  document.addEventListener("click", (event) => {
    if (quiet && event.target.closest?.(".spine .grip")) event.preventDefault();
    quiet = false;
  }, true);

  // -- by keys
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && held && !document.querySelector("#spine-effect[open]")) {
      event.preventDefault();
      quiet = down !== null; // letting go is no click then
      down = null;
      putBack("Put back. Nothing was moved.");
      return;
    }
    const grip = event.target.closest?.(".spine .grip");
    if (!grip || event.altKey || event.ctrlKey || event.metaKey) return;
    if (KEYS[event.key]) {
      event.preventDefault();
      if (!grip.dataset.effect) { tell(grip.dataset.stays); return; }
      take(grip);
      moveTo(held.at + KEYS[event.key] * STEP * (event.shiftKey && event.key.startsWith("Arrow") ? 4 : 1));
    } else if (event.key === "Enter" && held?.grip === grip && held.ghosts.length) {
      event.preventDefault();
      ask();
    }
  });
  document.addEventListener("focusout", (event) => {
    if (held && !held.asked && !down && event.target === held.grip) putBack("Put back. Nothing was moved.");
  });
  document.addEventListener("close", (event) => {
    if (event.target.id !== "spine-effect") return;
    const grip = held?.grip;
    putBack("Put back. Nothing was moved.");
    grip?.focus();
  }, true);

  // -- now, and the reader's own zone below the line
  let base = "";
  let begun = 0;
  function tick() {
    const root = spine();
    if (!root) return;
    if (root.dataset.now !== base) { base = root.dataset.now; begun = performance.now(); }
    const now = Date.parse(base) + (performance.now() - begun) * root.dataset.pace;
    for (const line of root.querySelectorAll("[data-now-line]")) {
      const plot = line.closest("[data-line]");
      put(plot, line, place(knotsOf(plot), now));
    }
    if (own === root.dataset.zone) return;
    for (const text of root.querySelectorAll("[data-own]")) {
      if (!text.textContent) text.textContent = written(Date.parse(text.dataset.own), own, { day: undefined, month: undefined }).replace(",", "");
    }
    const key = root.querySelector("[data-own-zone]");
    if (key && !key.textContent) key.textContent = "Where you are";
  }
  const how = document.querySelector("[data-how]");
  if (how) how.hidden = false;
  tick();
  setInterval(tick, 1000);
})();
