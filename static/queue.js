// The queue by keys: j next, k before, a keep, r why (Enter there takes it down), h take down, x tick, s its author,
// u undo. Without it: buttons and links.
"use strict";
(() => {
  const queue = document.querySelector("[data-queue]");
  if (!queue) return;
  const shown = () => [...queue.querySelectorAll(".queue-item")]; // what came in meanwhile among them
  const last = () => document.querySelector("[data-undo]");
  const hint = document.querySelector("[data-queue-keys]");
  if (hint) hint.hidden = !shown().length && !last();
  const current = (items) => items.findIndex((item) => item.contains(document.activeElement));
  const part = (item, key) => item.querySelector(`[data-key="${key}"]`);
  const count = document.querySelector("[data-ticked]");

  function go(to) {
    const items = shown();
    const item = items[Math.max(0, Math.min(items.length - 1, to))];
    if (!item) return;
    item.focus({ preventScroll: true });
    item.scrollIntoView({ block: "nearest" });
  }

  function down(item) { // to take something down one says why: an empty reason is asked for first
    const why = part(item, "r"), button = item.querySelector("[data-enter]");
    if (why && !why.value.trim()) why.focus(); else if (button) why.form.requestSubmit(button);
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const field = event.target.closest("input:not([type=checkbox]), textarea, select");
    const [items, undo] = [shown(), last()];
    const at = current(items);
    if (field) {
      if (event.key === "Escape") go(at);
      if (event.key === "Enter" && field.dataset.key === "r") { // the form's first button keeps: Enter here must not
        event.preventDefault();
        field.form.requestSubmit(field.form.querySelector("[data-enter]"));
      }
      return;
    }
    if (event.key === "j") go(at + 1);
    else if (event.key === "k") go(at < 0 ? 0 : at - 1);
    else if (event.key === "u" && undo) undo.click();
    else if ("arhsx".includes(event.key) && at >= 0) {
      const item = items[at], target = part(item, event.key);
      if (event.key === "h") down(item);
      else if (event.key === "r" && target) target.focus();
      else if (event.key === "x") item.querySelector("[data-tick]")?.click();
      else if (target) target.click();
      if (event.key === "x") item.focus({ preventScroll: true });
    } else return;
    event.preventDefault();
  });

  queue.addEventListener("change", () => {
    const ticked = queue.querySelectorAll("[data-tick]:checked").length;
    if (count) count.textContent = ticked ? `: ${ticked}` : "";
  });

  // After a decision: the next one. Going to a fragment takes the focus away, so this comes after it.
  if (["#queue", "#waiting"].includes(location.hash)) addEventListener("load", () => setTimeout(() => go(0)));
})();
