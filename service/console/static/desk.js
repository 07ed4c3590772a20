// What the desk needs while a page is open: nothing typed is lost, and nobody reads on after a session ended.
"use strict";
(() => {
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const one = (id) => document.getElementById(id);
const hear = (names, what) => names.split(" ").forEach((name) => document.addEventListener(name, what));
const tell = (field) => ["input", "change"].forEach((name) => field.dispatchEvent(new Event(name, { bubbles: true })));

// --- forms that keep what is typed: to leave them asks first, Ctrl+Enter sends them

const keeps = (form) => form && "keep" in form.dataset;
const typed = new Set(all("form[data-keep=typed]"));
let sent;
hear("input", ({ target }) => keeps(target.form) && typed.add(target.form));
hear("submit", ({ target }) => { if (typed.delete(target)) sent = target; });
window.addEventListener("beforeunload", (event) => typed.size && event.preventDefault());
hear("keydown", (event) => {
  const form = event.target.form ?? all("form[data-keep]")[0];
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || !keeps(form)) return;
  event.preventDefault();
  form.requestSubmit();
});

// --- the verify form: what is usual for a level, an insurance to choose, an id as it stands on its card

const showUsual = () => {
  const usual = JSON.parse(all("[name=level_of_care]:checked")[0]?.dataset.usual ?? "{}");
  for (const name of ["weeks", "days_per_week", "hours_per_day"]) one(name).placeholder = usual[name] ?? "";
};
if (all("[data-usual]").length) showUsual();
hear("change", ({ target }) => target.dataset.usual && showUsual());
hear("click", ({ target }) => {
  if (!target.dataset?.payer) return;
  one("payer").value = target.dataset.payer;
  tell(one("payer"));
  one("payer").focus();
});
hear("focusout", ({ target }) => {
  if (target.id !== "member_id" || !all("[data-grouped]").length) return;
  const plain = target.value.replace(/[\s-]/g, "").toUpperCase();
  if (/^[0-9A-Z]{11}$/.test(plain)) target.value = plain.replace(/^(.{4})(.{3})/, "$1-$2-");
});

// --- a file dropped anywhere on that page: a picture is the card's, anything else the payer's reply

const form = all("form[data-drop]")[0];
const fieldFor = (file) => {
  if (!file?.type.startsWith("image/")) return one(form.dataset.drop);
  const side = all(".card").find((card) => !all("img", card).length) ?? all(".card")[0];
  return all("input[type=file]:not([capture])", side)[0];
};
hear("dragover dragleave drop", (event) => {
  if (!form || !event.dataTransfer?.types.includes("Files")) return;
  event.preventDefault();
  form.classList.toggle("dropping", event.type === "dragover");
  if (event.type !== "drop") return;
  const field = fieldFor(event.dataTransfer.files[0]);
  field.files = event.dataTransfer.files;
  if (field.closest("details")) field.closest("details").open = true;
  field.focus();
  tell(field);
});
// What is said of a picture that was not taken stands beside its field; the field itself stays.
hear("htmx:beforeSwap", ({ target, detail }) => {
  if (target.closest?.(".card") && detail.xhr.status >= 400 && detail.xhr.status !== 422) detail.shouldSwap = false;
});
hear("htmx:sendError htmx:responseError htmx:beforeRequest", ({ type, target }) => {
  if (target.closest?.(".card")) one("card-unsent").hidden = type === "htmx:beforeRequest";
});

// --- the session: said before it ends, covered once it has, taken up again where it was

const { stay, user, warn } = document.body.dataset;
if (!stay) return;
const warning = one("warning"), over = one("over"), title = document.title;
const others = new BroadcastChannel("openvob session");
let idle, ends, asked = Date.now(), isWarned = false, isOver = false;

const take = (left) => {
  idle = Date.now() + left.idle * 1000;
  ends = Date.now() + left.ends * 1000;
  if (left.until) all("[data-until]").forEach((place) => { place.textContent = left.until; });
};
const cover = (covered) => {
  isOver = covered;
  document.body.classList.toggle("covered", covered);
  document.title = covered ? "OpenVOB" : title;
  warning.close();
  if (!covered) over.close();
  else if (!over.open) over.showModal();
};
const look = () => {
  const left = (Math.min(idle, ends) - Date.now()) / 1000;
  if (isOver) return;
  if (left <= 0) cover(true);
  else if (left > warn) {
    warning.close();
    isWarned = false;
  } else if (!isWarned) {
    isWarned = true;
    for (const part of all("[data-if]", warning)) part.hidden = (part.dataset.if === "idle") !== idle < ends;
    warning.showModal();
  }
};
const ask = async () => {
  asked = Date.now();
  try {
    const answer = await fetch(stay, { redirect: "manual" });
    const said = answer.ok ? await answer.json() : {};
    if (answer.status === 401 || answer.type === "opaqueredirect" || (answer.ok && said.user !== user)) cover(true);
    if (said.user !== user) return false;
    all("[name=csrf_token]").forEach((field) => { field.value = said.csrf_token; });
    document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRF-Token": said.csrf_token }));
    take(said);
    others.postMessage({ user, idle: said.idle, ends: said.ends, until: said.until });
    return true;
  } catch {
    return false; // nobody answers: nothing new is known, and the end is still counted
  }
};

take(document.body.dataset);
others.postMessage({ ...document.body.dataset });
others.addEventListener("message", ({ data }) => data.user === user && take(data));
all("button", warning).forEach((button) => button.addEventListener("click", () => { warning.close(); ask(); }));
over.addEventListener("cancel", (event) => event.preventDefault());
over.addEventListener("close", () => isOver && over.showModal());
all("button", over)[0].addEventListener("click", async () => {
  const isBack = await ask();
  all(".fault", over)[0].hidden = isBack;
  if (isBack) cover(false);
});
hear("input", () => {
  look();
  if (!isOver && Date.now() - asked > 60_000) ask();
});
window.addEventListener("pageshow", ({ persisted }) => {
  if (!persisted) return;
  if (sent) typed.add(sent);
  ask();
});
setInterval(look, 1000);
})();
