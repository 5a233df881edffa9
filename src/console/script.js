// The one script of the console. Every page works without it.
"use strict";

// The session's end, counted down. At its end what was shown is wiped.
const ends = document.querySelector("[data-seconds-left]");
const person = ends ? ends.dataset.person : "";
// Nine digits or more with nothing but signs between, and no letter of an identifier before.
const numberLike = /(?<![\p{L}\p{Nd}_])(?:\p{Nd}[^\p{L}\p{Nd}]{0,5}){8}\p{Nd}/u;
const others = new BroadcastChannel("breachvault");
if (ends) {
  const until = Date.now() + Number(ends.dataset.secondsLeft) * 1000;
  const shown = ends.querySelector(".countdown");
  const two = (number) => String(number).padStart(2, "0");
  const tick = () => {
    const left = Math.max(0, Math.round((until - Date.now()) / 1000));
    shown.textContent = ` (in ${Math.floor(left / 3600)}:${two(Math.floor(left / 60) % 60)}:${two(left % 60)})`;
    ends.classList.toggle("soon", left < 300);
    if (left === 300) { shown.setAttribute("aria-live", "polite"); }
    if (left > 0) { setTimeout(tick, 1000); } else { hasEnded(); }
  };
  tick();
}

function hasEnded() {
  keep();
  leave(`/console/sign-in?ended=1&next=${encodeURIComponent(location.pathname + location.search)}`);
}
// Wipes what is shown, and goes.
function leave(to) {
  for (const secret of document.querySelectorAll(".number, .secret")) { secret.replaceChildren(); }
  document.querySelector("main").replaceChildren();
  location.replace(to);
}

// Whoever signs out does so in every tab.
others.addEventListener("message", () => { if (person) { leave("/console/sign-in"); } });
const out = document.querySelector("form[action='/console/sign-out']");
if (out) { out.addEventListener("submit", () => others.postMessage("left")); }

// What was typed as purpose, reason, filter and recipients survives the session's end, for the same person. Numbers are
// never kept.
function kept(field) { return `keep.${person}.${location.pathname}.${field.name}`; }
function keep() {
  const filled = [...document.querySelectorAll("[data-keep]")].filter(({ value }) => value && !numberLike.test(value));
  filled.forEach((field) => sessionStorage.setItem(kept(field), field.value));
}
const strange = Object.keys(sessionStorage).filter((key) => person && !key.startsWith(`keep.${person}.`));
strange.forEach((key) => sessionStorage.removeItem(key));
for (const field of document.querySelectorAll("[data-keep]")) {
  const text = sessionStorage.getItem(kept(field));
  if (text && (!field.value || field.matches("select"))) { field.value = text; }
  sessionStorage.removeItem(kept(field));
}

// What a filter has stands in the address, where no number belongs. The vault refuses it too.
const words = ["country", "state", "area_state", "carrier", "kind", "channel"];
const isNumber = ({ name, value }) => words.includes(name) && /^\s*\p{Nd}{7,15}\s*$/u.test(value)
  || numberLike.test(value) && !(name === "account" && /^\s*[0-9]+\s*$/.test(value));
for (const form of document.querySelectorAll("form[method=get]")) {
  const typed = [...form.querySelectorAll("input:not([type]), textarea")].filter((field) => !/^sent_/.test(field.name));
  form.addEventListener("submit", (event) => {
    const wrong = typed.find(isNumber);
    if (!wrong) { return; }
    event.preventDefault();
    wrong.setCustomValidity("This reads as a phone number. Numbers are looked up under “Look up”.");
    wrong.reportValidity();
  });
  for (const field of typed) { field.addEventListener("input", () => field.setCustomValidity("")); }
}

// What may be dropped somewhere: a list of numbers as a text file, and a file to admit.
function drops(place, field, take) {
  const over = (on) => (event) => { event.preventDefault(); field.classList.toggle("over", on); };
  place.addEventListener("dragover", over(true));
  place.addEventListener("dragleave", over(false));
  place.addEventListener("drop", (event) => { over(false)(event); take(event.dataTransfer); });
}
// What a page has of these, also one that came in place of another.
function prepare() {
  for (const field of document.querySelectorAll("textarea.drop")) {
    drops(field, field, async (given) => { field.value = await (given.files[0]?.text() ?? given.getData("text")); });
  }
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const text = document.getElementById(button.dataset.copy).textContent;
      navigator.clipboard.writeText(text).then(() => { button.textContent = "Copied"; }, () => {});
    });
  }
  listKeys();
}

// A page that is the answer to a form stands in the history as an address alone, from which nothing can be sent again.
const place = location.pathname.replace(/\/(open|acknowledgement|close|hold|reopen)$/, "")
  .replace(/\/slots\/change(\/(decision|carrying-out))?$/, "/slots")
  .replace(/\/members\/[^/]+\/(thaw|suspension|lift)$/, "/members")
  .replace(/\/(sessions|operators|passkeys)\/[^/]+\/(end|revoke|removal)$/, "/$1");
history.replaceState(null, "", place + location.search);

// What was shown is gone from memory when the page is left, and not shown again by going back.
addEventListener("pagehide", () => {
  for (const secret of document.querySelectorAll(".number, .secret, textarea.drop")) {
    if (secret.matches("textarea")) { secret.value = ""; } else { secret.replaceChildren(); }
  }
});
addEventListener("pageshow", (event) => { if (event.persisted) { location.reload(); } });

// Keys: each link or field that has one says so.
const keyed = () => [...document.querySelectorAll("[data-key]")];
const dialog = document.getElementById("keys");
// The rows of a list: j and k go to the next and the previous one, x ticks it. Enter follows what has the focus.
const rows = () => [...document.querySelectorAll("main tbody tr, main .entry")];
const ticked = (row) => row.querySelector("input[type=checkbox]");
const current = () => rows().find((row) => row.contains(document.activeElement));
const moves = new Map([["j", 1], ["k", -1]]);
function move(step) {
  const all = rows();
  const at = all.indexOf(current());
  const row = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step];
  if (!row) { return; }
  let goal = row.querySelector("a[href], summary, button, input:not([type=hidden])");
  if (!goal) { goal = row; row.tabIndex = -1; }
  goal.focus();
  row.scrollIntoView({ block: "nearest" });
}
function listKeys() {
  const named = keyed().map((item) => [item.dataset.key, item.dataset.keyName || item.textContent.trim()]);
  if (rows().length) { named.push(["j", "Next row"], ["k", "Previous row"]); }
  if (rows().some(ticked)) { named.push(["x", "Tick the row"]); }
  document.querySelectorAll(".keys").forEach((note) => { note.hidden = !named.length; });
  const make = (tag, inside) => { const made = document.createElement(tag); made.append(inside); return made; };
  const entries = named.map(([name, does]) => [make("dt", make("kbd", name)), make("dd", does)]);
  dialog.querySelector("dl").replaceChildren(...entries.flat());
}
prepare();
if (document.querySelector(".keys")) {
  addEventListener("keydown", (event) => {
    const typing = event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select, dialog");
    if (typing || event.ctrlKey || event.metaKey || event.altKey) { return; }
    if (event.key === "?") { dialog.showModal(); dialog.querySelector("h2").focus(); return; }
    if (moves.has(event.key)) { event.preventDefault(); move(moves.get(event.key)); return; }
    const tick = event.key === "x" && current() && ticked(current());
    if (tick) { event.preventDefault(); tick.click(); return; }
    const item = keyed().find((one) => one.dataset.key === event.key);
    if (item) {
      event.preventDefault();
      const folded = item.closest("details:not([open])");
      if (folded) { folded.open = true; }
      item.focus(); if (item.matches("a, button")) { item.click(); }
    }
  });
}

// Puts a page that a script asked for in place of this one.
function show(page) {
  document.title = page.title;
  for (const part of ["nav.main", "nav.case", "main", "footer"]) {
    const [old, next] = [document.querySelector(part), page.querySelector(part)];
    if (old && next) { old.replaceWith(document.adoptNode(next)); }
  }
  prepare();
  (document.getElementById("problem") || document.querySelector("main")).focus();
  scrollTo(0, 0);
}

// After a refusal the reader is led to what is wrong.
const problem = document.getElementById("problem");
if (problem) { problem.focus(); }

// A stretch of days is chosen by dragging over their bars. One bar alone is a link.
for (const chart of document.querySelectorAll("svg[data-brush]")) {
  const bars = [...chart.querySelectorAll("a[data-from]")];
  let first = -1;
  const at = (event) => bars.indexOf(event.target.closest("a[data-from]"));
  const mark = (last) => bars.forEach((bar, place) => bar.classList.toggle("brushed",
    first >= 0 && last >= 0 && place >= Math.min(first, last) && place <= Math.max(first, last)));
  chart.addEventListener("dragstart", (event) => event.preventDefault());
  chart.addEventListener("pointerdown", (event) => { first = event.button === 0 ? at(event) : -1; });
  chart.addEventListener("pointermove", (event) => { if (first >= 0) { mark(at(event)); } });
  chart.addEventListener("pointerup", (event) => {
    const [from, to] = [first, at(event)].sort((one, other) => one - other).map((place) => bars[place]);
    const address = new URL(location.href);
    first = -1;
    if (!from || from === to) { return; }
    address.searchParams.set("sent_from", from.dataset.from);
    address.searchParams.set("sent_to", to.dataset.to);
    location.assign(address.href);
  });
  for (const over of ["pointerleave", "pointercancel"]) { chart.addEventListener(over, () => { first = -1; mark(-1); }); }
}
