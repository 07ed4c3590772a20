// What the desk needs while a page is open: nothing typed is lost, and nobody reads on after a session ended.
"use strict";
(() => {
const find = (selector) => document.querySelector(selector);

// --- forms that keep what is typed: leaving them asks first, Ctrl+Enter sends them

const kept = (form) => form && "keep" in form.dataset;
const typed = new Set([...document.forms].filter((form) => form.dataset.keep === "typed"));
let sent = null;

document.addEventListener("input", ({ target }) => {
  if (kept(target.form)) typed.add(target.form);
  if (target.name === "level_of_care") showUsual();
});
document.addEventListener("submit", ({ target }) => {
  if (typed.delete(target)) sent = target;
});
window.addEventListener("beforeunload", (event) => {
  if (typed.size) event.preventDefault();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || find("dialog[open]")) return;
  const form = event.target.form ?? find("form[data-keep]");
  if (!kept(form)) return;
  event.preventDefault();
  form.requestSubmit();
});

// --- the verify form: what is usual for a level, an insurance to choose, an id as it stands on its card

function showUsual() {
  const usual = JSON.parse(find("[name=level_of_care]:checked")?.dataset.usual ?? "{}");
  for (const name of ["weeks", "days_per_week", "hours_per_day"]) {
    const field = document.getElementById(name);
    if (field) field.placeholder = usual[name] ?? "";
  }
}
if (find("[data-usual]")) showUsual();

document.addEventListener("click", ({ target }) => {
  const field = target.dataset?.payer && document.getElementById("payer");
  if (!field) return;
  field.value = target.dataset.payer;
  for (const name of ["input", "change"]) field.dispatchEvent(new Event(name, { bubbles: true }));
  field.focus();
});
document.addEventListener("focusout", ({ target }) => {
  const plain = target.id === "member_id" && find("[data-grouped]") ? target.value.replace(/[\s-]/g, "") : "";
  if (/^[0-9A-Za-z]{11}$/.test(plain)) {
    target.value = plain.toUpperCase().replace(/^(....)(...)/, "$1-$2-");
  }
});

// --- a file dropped anywhere on the page: a picture is the card's, anything else the payer's reply

const drop = find("form[data-drop]");
const hasFiles = (event) => drop && event.dataTransfer?.types.includes("Files");
const place = (file) => {
  const free = [...document.querySelectorAll(".card")].find((card) => !card.querySelector("img"));
  if (!file.type.startsWith("image/")) return document.getElementById(drop.dataset.drop);
  return free?.querySelector("input[type=file]:not([capture])");
};
document.addEventListener("dragover", (event) => {
  if (!hasFiles(event)) return;
  event.preventDefault();
  drop.classList.add("dropping");
});
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) drop?.classList.remove("dropping");
});
document.addEventListener("drop", (event) => {
  if (!hasFiles(event)) return;
  event.preventDefault();
  drop.classList.remove("dropping");
  const field = place(event.dataTransfer.files[0]);
  if (!field) return;
  field.files = event.dataTransfer.files;
  if (field.closest("details")) field.closest("details").open = true;
  for (const name of ["input", "change"]) field.dispatchEvent(new Event(name, { bubbles: true }));
  field.focus();
});
for (const name of ["htmx:sendError", "htmx:responseError", "htmx:beforeRequest"]) {
  document.addEventListener(name, ({ target }) => {
    const said = target.closest?.(".card") && document.getElementById("card-unsent");
    if (said) said.hidden = name === "htmx:beforeRequest";
  });
}

// --- the session: said before it ends, covered once it has, taken up again where it was

const { stay, user, warn } = document.body.dataset;
if (!stay) return;
const warning = document.getElementById("warning"), over = document.getElementById("over");
const others = new BroadcastChannel("openvob session"), title = document.title;
let idle, ends, asked = Date.now(), waved = false, isOver = false;

const take = (left) => {
  idle = Date.now() + left.idle * 1000;
  ends = Date.now() + left.ends * 1000;
  for (const place of document.querySelectorAll("[data-until]")) place.textContent = left.until ?? place.textContent;
};
const cover = (covered) => {
  isOver = covered;
  document.body.classList.toggle("covered", covered);
  document.title = covered ? "OpenVOB" : title;
  if (warning.open) warning.close();
  if (covered && !over.open) over.showModal();
  if (!covered && over.open) over.close();
};
const look = () => {
  const left = Math.min(idle, ends) - Date.now();
  if (isOver) return;
  if (left <= 0) cover(true);
  else if (left > warn * 1000) {
    waved = false;
    if (warning.open) warning.close();
  } else if (!waved && !warning.open) {
    for (const part of warning.querySelectorAll("[data-if]")) part.hidden = (part.dataset.if === "idle") !== (idle < ends);
    warning.showModal();
  }
};
const ask = async () => {
  asked = Date.now();
  try {
    const answer = await fetch(stay, { redirect: "manual" });
    if (answer.status === 401 || answer.type === "opaqueredirect") cover(true);
    if (!answer.ok) return false;
    const said = await answer.json();
    if (said.user !== user) return cover(true), false;
    for (const field of document.querySelectorAll("[name=csrf_token]")) field.value = said.csrf_token;
    document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRF-Token": said.csrf_token }));
    take(said);
    others.postMessage({ user, idle: said.idle, ends: said.ends, until: said.until });
    return true;
  } catch {
    return false; // nobody answers: nothing is known of the session, and its end is still counted
  }
};

take(document.body.dataset);
others.postMessage({ ...document.body.dataset });
others.addEventListener("message", ({ data }) => {
  if (data.user === user) take(data);
});
warning.addEventListener("close", () => { waved = true; });
for (const button of warning.querySelectorAll("button")) {
  button.addEventListener("click", () => { warning.close(); ask(); });
}
over.addEventListener("cancel", (event) => event.preventDefault());
over.addEventListener("close", () => { if (isOver) over.showModal(); });
over.querySelector("button").addEventListener("click", async () => {
  const isBack = await ask();
  over.querySelector(".fault").hidden = isBack;
  if (isBack) cover(false);
});
document.addEventListener("input", () => {
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
