/* OpenVOB quick check (docs/widget.md). It talks to the service this file came from and to nobody else, and keeps
   nothing: no cookie, no storage, no value in an address. */
(() => {
  "use strict";

  const { src, dataset } = document.currentScript;
  const SERVICE = new URL("../v1/quick-checks", src).href;
  const STYLES = new URL("static/widget.css", src).href;

  const WITHOUT_SERVICE = {
    en: {
      message: "In crisis? Call or text 988, any time. If a life is in danger now, call 911.",
      failed: "This form cannot answer just now. Please call the clinic.",
      calls: ["Call 988", "Text 988", "Call 911"],
    },
    es: {
      message: "¿En crisis? Llame o envíe un mensaje de texto al 988, a cualquier hora. Si una vida está en peligro ahora, llame al 911.",
      failed: "Este formulario no puede responder en este momento. Llame a la clínica, por favor.",
      calls: ["Llame al 988", "Texto al 988", "Llame al 911"],
    },
  };
  const CALLS = ["tel:988", "sms:988", "tel:911"];
  const MARKS = { includes: "●", does_not: "○", ask: "◐" };
  const AT_ONCE = 16;
  const MOST_SUGGESTIONS = 7;
  const PATIENCE = 20000;

  async function ask(path, language, body) {
    const headers = { Authorization: `Bearer ${dataset.siteKey}`, "Accept-Language": language };
    if (body) headers["Content-Type"] = "application/json";
    const answer = await fetch(SERVICE + path, {
      method: body ? "POST" : "GET",
      headers,
      body: body && JSON.stringify(body),
      credentials: "omit",
      referrerPolicy: "no-referrer",
      redirect: "error",
      cache: "no-store",
      signal: AbortSignal.timeout?.(PATIENCE),
    });
    const said = await answer.json();
    if (answer.ok) return said;
    const wait = Number(answer.headers.get("Retry-After")) || 2;
    throw Object.assign(new Error(said.title), { said, wait, code: String(said.type).split(":").pop() });
  }

  // The browser hashes beside the page, so typing goes on meanwhile.
  async function solve(challenge) {
    const { nonce, salt, cost, keyLength, keyPrefix, data } = challenge.parameters;
    const start = bytes(nonce);
    const settings = { name: "PBKDF2", hash: "SHA-256", salt: bytes(salt), iterations: cost };
    const attempt = async (counter) => {
      const password = new Uint8Array(start.length + 4);
      password.set(start);
      new DataView(password.buffer).setUint32(start.length, counter);
      const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
      return hex(await crypto.subtle.deriveBits(settings, key, keyLength * 8));
    };
    for (let first = 0; first <= data.max_counter; first += AT_ONCE) {
      const keys = await Promise.all(Array.from({ length: AT_ONCE }, (_, n) => attempt(first + n)));
      const found = keys.findIndex((key) => key.startsWith(keyPrefix));
      if (found >= 0) {
        const solution = { counter: first + found, derivedKey: keys[found] };
        return btoa(JSON.stringify({ challenge, solution }));
      }
    }
    throw new Error("no solution");
  }

  const bytes = (text) => Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16));
  const hex = (buffer) => [...new Uint8Array(buffer)].map((one) => one.toString(16).padStart(2, "0")).join("");
  const sleep = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));

  // Elements are never made from text: a strict page forbids that.

  function h(tag, attributes, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes ?? {})) {
      if (typeof value === "function") made.addEventListener(name, value);
      else if (value === true) made.setAttribute(name, "");
      else if (value !== false && value != null) made.setAttribute(name, value);
    }
    made.append(...there(children));
    return made;
  }

  const there = (children) => children.flat(3).filter((child) => child != null && child !== false);

  const plain = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase().trim();
  const telephone = (number) => `tel:${number.replace(/[^\d+]/g, "")}`;

  class QuickVerify extends HTMLElement {
    #language;
    #words; // the answer of /form
    #values = {}; // by field
    #faults = {};
    #step = "check"; // check → answer → contact → receipt
    #asked;
    #answer;
    #receipt;
    #proofs = new Map(); // promises, by step
    #turn = 0;
    #busy = false;
    #trouble;
    #status = h("p", { role: "status", class: "unseen" });
    #place = h("div", { class: "place" });
    #crisis = h("p", { class: "crisis" });
    #emergency = h("p", {});
    #frame = h("section", { class: "ov" }, this.#emergency, this.#crisis, this.#place, this.#status);

    #leave = () => this.#forget();

    connectedCallback() {
      const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
      root.replaceChildren(this.#frame);
      addEventListener("pagehide", this.#leave);
      const said = this.closest("[lang]")?.lang || document.documentElement.lang || navigator.language;
      this.#open(/^es/i.test(said) ? "es" : "en");
    }

    disconnectedCallback() {
      removeEventListener("pagehide", this.#leave);
      this.#forget();
    }

    async #open(language) {
      this.#speak(language);
      this.#place.replaceChildren(h("slot"));
      const turn = ++this.#turn;
      try {
        const [words] = await Promise.all([ask("/form", language), this.#dress()]);
        if (turn !== this.#turn) return;
        this.#words = words;
        this.#speak(language);
        this.#draw();
      } catch {
        if (turn === this.#turn) this.#place.replaceChildren(h("p", {}, WITHOUT_SERVICE[language].failed), h("slot"));
      }
    }

    // A sheet made by script is no inline style, which a strict page forbids.
    async #dress() {
      if (this.shadowRoot.adoptedStyleSheets.length) return;
      const answer = await fetch(STYLES, { credentials: "omit", referrerPolicy: "no-referrer" });
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(await answer.text());
      this.shadowRoot.adoptedStyleSheets = [sheet];
    }

    #speak(language) {
      this.#language = this.#frame.lang = language;
      const { message, calls } = WITHOUT_SERVICE[language];
      this.#emergency.textContent = message;
      this.#crisis.replaceChildren(...CALLS.map((href, n) => h("a", { href }, calls[n])));
    }

    #turnTo(language) {
      this.#work(async () => {
        const words = await ask("/form", language);
        const answer = this.#answer && (await this.#send("check", "", this.#asked, language));
        return () => {
          this.#words = words;
          this.#answer = answer;
          this.#speak(language);
          this.#draw(".switch");
          this.#say(this.#label("now"));
        };
      });
    }

    #say(text) {
      this.#status.textContent = text;
    }

    #label(code, params = {}) {
      const { labels } = this.#words;
      const said = labels[`ui_${code}`] ?? labels[`page_${code}`] ?? labels.ui_unavailable;
      return said.replace(/\[.*?\]/g, "").replace(/\{(\w+)\}/g, (_, name) => params[name] ?? "");
    }

    #forget() {
      if (!this.#words) return;
      this.#turn++;
      this.#values = {};
      this.#faults = {};
      this.#asked = this.#answer = this.#receipt = this.#trouble = null;
      this.#proofs.clear();
      this.#busy = false;
      this.#step = "check";
      this.#say("");
      this.#draw();
    }

    #proof(kind) {
      if (!this.#proofs.has(kind)) {
        const work = ask(`/challenge?for=${kind}`, this.#language).then(solve);
        work.catch(() => this.#proofs.delete(kind));
        this.#proofs.set(kind, work);
      }
      return this.#proofs.get(kind);
    }

    // The same body with the same proof may be sent again: it is not done twice.
    async #send(kind, path, body, language = this.#language) {
      for (let tries = 1; ; tries++) {
        try {
          const answer = await ask(path, language, { ...body, proof: await this.#proof(kind) });
          this.#proofs.delete(kind);
          return answer;
        } catch (fault) {
          const early = fault.code === "try-again-shortly";
          const stale = /^proof-/.test(fault.code);
          if (tries > 2 || !(early || stale)) throw fault;
          if (early) await sleep(fault.wait);
          else this.#proofs.delete(kind);
        }
      }
    }

    // One thing at a time; what comes back after the page was left is not shown.
    async #work(task) {
      if (this.#busy) return;
      const turn = ++this.#turn;
      this.#busy = true;
      this.#faults = {};
      this.#trouble = null;
      this.#say(this.#label("busy"));
      this.#place.querySelector(".send")?.setAttribute("aria-disabled", "true");
      const show = await task().catch((fault) => () => this.#refuse(fault));
      if (turn !== this.#turn) return;
      this.#busy = false;
      show();
    }

    async #refuse({ code, said }) {
      const places = { payer: "payer_text", consent: "accepted" };
      this.#say("");
      for (const { pointer, message } of (code === "invalid-fields" && said.errors) || []) {
        const name = pointer.split("/")[1];
        this.#faults[places[name] ?? name] ??= message;
      }
      if (this.#faults.accepted) {
        // The text has changed meanwhile: the new one is shown, and agreed to or not.
        this.#values.accepted = false;
        this.#words = await ask("/form", this.#language).catch(() => this.#words);
      }
      if (this.#faults.website) this.#trouble = this.#faults.website;
      else if (!Object.keys(this.#faults).length) this.#trouble = this.#label(code?.replaceAll("-", "_"));
      this.#draw(".faults");
    }

    #check() {
      const { none, payer, payer_text, plan_type, level_of_care, age_group, county, website } = this.#values;
      this.#asked = {
        payer: (!none && payer) || null,
        payer_text: (!none && !payer && payer_text?.trim()) || null,
        plan_type: none ? "none" : plan_type || "not_sure",
        level_of_care: level_of_care ?? "not_sure",
        age_group: age_group ?? null,
        county: county || null,
        site: this.getAttribute("site"),
        website: website ?? "",
      };
      this.#work(async () => {
        const answer = await this.#send("check", "", this.#asked);
        return () => {
          this.#answer = answer;
          this.#go("answer");
          this.#say(this.#label("ready"));
        };
      });
    }

    #contact() {
      const { accepted, website = "", ...values } = this.#values;
      const fields = ["asking_for", "your_name", "first_name", "last_name", "birth_date", "channel", "phone", "email"]
        .filter((name) => !this.#find(name).closest("[hidden]"));
      // Nothing of a person leaves the page before there is consent.
      this.#faults = {};
      for (const name of fields) if (!values[name]?.trim()) this.#faults[name] = this.#words.labels[`fault_${name}`];
      if (!accepted) this.#faults.accepted = this.#words.labels.fault_accepted;
      if (Object.keys(this.#faults).length) return this.#draw(".faults");
      const body = {
        consent: { version: this.#words.consent.version, accepted },
        check: { ...this.#asked, website: undefined, answer: this.#answer.answer },
        member_id: values.member_id ?? "",
        best_time: values.best_time || "any",
        website,
      };
      for (const name of fields) body[name] = values[name];
      this.#work(async () => {
        const receipt = await this.#send("contact", "/contacts", body);
        return () => {
          this.#forget();
          this.#receipt = receipt;
          this.#go("receipt");
        };
      });
    }

    #go(step) {
      this.#step = step;
      if (step === "check") this.#answer = null;
      this.#faults = {};
      this.#trouble = null;
      this.#draw("h3");
    }

    #draw(focus) {
      const { clinic } = this.#words;
      const other = this.#language === "es" ? "en" : "es";
      this.#frame.setAttribute("aria-label", this.#label("title"));
      this.#place.replaceChildren(...there([
        h("header", {},
          h("p", {}, clinic.name),
          !this.#receipt && h("button", { type: "button", class: "switch quiet", lang: other, click: () => this.#turnTo(other) }, this.#label("language")),
          h("h2", {}, this.#label("title"))),
        this[`_${this.#step}`](),
      ]));
      this.#adapt();
      if (focus) this.#place.querySelector(focus)?.focus();
    }

    _check() {
      const { plan_types, levels, age_groups, counties } = this.#words;
      const none = plan_types.find(({ id }) => id === "none");
      return [
        h("h3", { tabindex: -1 }, this.#label("step_one")),
        this.#form("check", () => this.#check(),
          h("div", { "data-unless": "none" }, this.#payer()),
          none && this.#box("none", none.label),
          h("div", { "data-unless": "none" }, this.#choice("plan_type", plan_types.filter((one) => one !== none), "not_sure")),
          this.#radios("age_group", age_groups),
          this.#radios("level_of_care", levels.map(({ id, name }) => ({ id, label: name })), "not_sure"),
          h("dl", { "data-if": "level_of_care=not_sure" },
            levels.filter((one) => one.description).map((one) => [h("dt", {}, one.name), h("dd", {}, one.description)])),
          this.#choice("county", counties.map((id) => ({ id, label: id }))),
          this.#button("see")),
        h("p", { class: "hint" }, this.#label("not_kept")),
      ];
    }

    _answer() {
      const { sentences, care, candidates, answer, payer, disclaimer } = this.#answer;
      const planned = payer?.id !== "self-pay";
      const about = (name) => sentences.filter((one) => one.about === name);
      const [first, ...rest] = about("answer");
      const part = (name) => about(name).length > 0 && h("section", {}, h("h4", {}, this.#label(name)), about(name).map((one) => this.#sentence(one)));
      return [
        h("div", { class: `answer ${answer}` },
          h("h3", { tabindex: -1 }, planned && this.#mark(answer), first.message),
          this.#sources(first),
          rest.map((one) => this.#sentence(one))),
        this.#summary(),
        candidates.length > 0 && h("section", {}, h("h4", {}, this.#label("candidates")),
          h("p", { class: "actions" }, candidates.map((one) => h("button", { type: "button", class: "quiet", click: () => this.#again({ payer: one.id, payer_text: one.name }) }, one.name)))),
        care.length > 0 && h("ul", { class: "care" }, care.map((one) => h("li", {},
          h("h4", {}, one.name), h("p", {}, one.description),
          planned && h("p", {}, this.#mark(one.answer), h("strong", {}, this.#label(`answer_${one.answer}`))),
          h("p", {}, h("button", { type: "button", class: "quiet", "aria-label": `${this.#label("see")}: ${one.name}`, click: () => this.#again({ level_of_care: one.level_of_care }) }, this.#label("see")))))),
        part("approval"),
        part("cost"),
        h("section", {}, h("h4", {}, this.#label("next")), h("ol", {}, about("next").map((one) => h("li", {}, this.#sentence(one))))),
        h("p", { class: "actions" },
          h("button", { type: "button", class: "send", click: () => this.#go("contact") }, this.#label("send")),
          h("button", { type: "button", class: "quiet", click: () => this.#go("check") }, this.#label("back"))),
        h("p", { class: "hint" }, disclaimer),
      ];
    }

    _contact() {
      const { asking_for, channels, best_times, consent } = this.#words;
      const today = new Date().toISOString().slice(0, 10);
      return [
        h("h3", { tabindex: -1 }, this.#label("step_two")),
        h("p", {}, this.#label("own_lead")),
        this.#form("contact", () => this.#contact(),
          this.#radios("asking_for", asking_for),
          h("div", { "data-if": "asking_for=child,other" }, this.#text("your_name", { autocomplete: "name" })),
          this.#text("first_name", { "data-own": "given-name" }),
          this.#text("last_name", { "data-own": "family-name" }),
          this.#text("birth_date", { type: "date", min: "1900-01-01", max: today, "data-own": "bday" }),
          this.#text("member_id", { autocomplete: "off", autocapitalize: "characters", spellcheck: "false" }),
          this.#radios("channel", channels),
          h("div", { "data-if": "channel=phone,text" }, this.#text("phone", { type: "tel", autocomplete: "tel" })),
          h("div", { "data-if": "channel=email" }, this.#text("email", { type: "email", autocomplete: "email" })),
          this.#choice("best_time", best_times, "any"),
          h("fieldset", { class: "group" },
            h("legend", {}, this.#label("consent")),
            consent.text.split("\n\n").map((text) => h("p", {}, text)),
            this.#box("accepted", this.#label("accept"))),
          h("p", { class: "actions" },
            this.#button("send"),
            h("button", { type: "button", class: "quiet", click: () => this.#go("answer") }, this.#label("to_answer")))),
        h("p", { class: "hint" }, this.#label("not_kept")),
      ];
    }

    _receipt() {
      const { reference, next, clinic } = this.#receipt;
      return [
        h("h3", { tabindex: -1 }, `${this.#label("receipt")} `, h("span", { class: "reference" }, reference)),
        h("ol", {}, next.map((one) => h("li", {}, one.message))),
        h("p", { class: "actions" }, this.#phone(clinic), h("button", { type: "button", class: "quiet", click: () => (this.#forget(), this.#go("check")) }, this.#label("back"))),
      ];
    }

    #mark(answer) {
      return h("span", { "aria-hidden": "true" }, `${MARKS[answer]} `);
    }

    #again(meant) {
      Object.assign(this.#values, meant);
      this.#check();
    }

    #phone({ phone }) {
      return phone && h("a", { href: telephone(phone), class: "call" }, this.#label("call", { phone }));
    }

    #sentence(sentence) {
      return h("div", {}, h("p", {}, sentence.message), this.#sources(sentence));
    }

    #sources({ citations }) {
      const read = (day) => new Date(day).toLocaleDateString(this.#language, { dateStyle: "long", timeZone: "UTC" });
      return citations.length > 0 && h("details", {},
        h("summary", {}, this.#label("sources")),
        h("ul", {}, citations.map((number) => this.#answer.citations[number]).map(({ title, url, locator, retrieved }) => h("li", {},
          url ? h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, title, ` (${this.#label("new_tab")})`) : title,
          locator && ` · ${locator}`,
          retrieved && ` · ${this.#label("retrieved", { date: read(retrieved) })}`))));
    }

    // Every field is drawn from what was typed and what is wrong with it.

    #form(kind, send, ...fields) {
      return h("form", {
        novalidate: true,
        autocomplete: "off",
        submit: (event) => (event.preventDefault(), send()),
        focusin: () => this.#proof(kind).catch(() => {}), // ready before it is needed
        input: ({ target }) => {
          this.#values[target.name] = target.type === "checkbox" ? target.checked : target.value;
          this.#adapt();
        },
      },
        this.#summary(),
        fields,
        // People do not see this field.
        h("p", { class: "ov-extra", "aria-hidden": "true" }, h("label", {}, this.#label("leave_empty"), h("input", { name: "website", tabindex: -1, autocomplete: "off" }))));
    }

    #summary() {
      const names = Object.keys(this.#faults);
      if (!names.length && !this.#trouble) return null;
      return h("div", { class: "faults", role: "alert", tabindex: -1 },
        this.#trouble
          ? [h("p", {}, this.#trouble), h("p", {}, this.#phone(this.#words.clinic))]
          : [h("p", {}, h("strong", {}, this.#label("fields_wrong"))), h("ul", {}, names.map((name) => h("li", {},
            h("button", { type: "button", class: "link", click: () => this.#find(name)?.focus() }, this.#faults[name]))))]);
    }

    #find(name) {
      return this.#place.querySelector(`[name="${name}"]:checked`) ?? this.#place.querySelector(`[name="${name}"]`);
    }

    #adapt() {
      for (const part of this.#place.querySelectorAll("[data-if], [data-unless]")) {
        const [name, wanted] = (part.dataset.if ?? part.dataset.unless).split("=");
        const field = this.#find(name);
        const is = Boolean(field?.checked && (!wanted || wanted.split(",").includes(field.value)));
        part.hidden = part.dataset.if ? !is : is;
      }
      // A browser may fill in what is about the visitor, and only that.
      for (const input of this.#place.querySelectorAll("[data-own]")) input.autocomplete = this.#values.asking_for === "self" ? input.dataset.own : "off";
    }

    #button(code) {
      return h("button", { class: "send" }, this.#label(code));
    }

    #notes(name) {
      const hint = this.#words.labels[`ui_${name}_hint`];
      const fault = this.#faults[name];
      const parts = [hint && h("p", { id: `${name}-hint`, class: "hint" }, hint), fault && h("p", { id: `${name}-fault`, class: "fault" }, fault)];
      const marked = { "aria-invalid": fault ? "true" : null, "aria-describedby": parts.filter(Boolean).map((part) => part.id).join(" ") || null };
      return [parts, marked];
    }

    #text(name, attributes, label = this.#label(name), ...more) {
      const [notes, marked] = this.#notes(name);
      const input = h("input", { id: name, name, ...attributes, ...marked });
      input.value = this.#values[name] ?? "";
      return h("div", { class: "field" }, h("label", { for: name }, label), notes, input, more);
    }

    #choice(name, options, usual) {
      const [notes, marked] = this.#notes(name);
      const select = h("select", { id: name, name, ...marked },
        !usual && h("option", { value: "" }, this.#label("choose")),
        options.map(({ id, label }) => h("option", { value: id }, label)));
      select.value = this.#values[name] ?? usual ?? "";
      return h("div", { class: "field" }, h("label", { for: name }, this.#label(name)), notes, select);
    }

    #radios(name, options, usual) {
      const [notes, { "aria-describedby": described }] = this.#notes(name);
      const chosen = this.#values[name] ?? usual;
      return h("fieldset", { "aria-describedby": described, class: this.#faults[name] && "faulty" },
        h("legend", {}, this.#label(name)), notes,
        options.map(({ id, label }) => h("label", { class: "pick" }, h("input", { type: "radio", name, value: id, checked: id === chosen }), h("span", {}, label))));
    }

    #box(name, label) {
      const [notes, marked] = this.#notes(name);
      return h("div", {}, notes, h("label", { class: "pick" }, h("input", { type: "checkbox", name, checked: Boolean(this.#values[name]), ...marked }), h("span", {}, label)));
    }

    #payer() {
      const list = h("ul", { id: "suggestions", role: "listbox", "aria-label": this.#label("payer"), hidden: true });
      const field = this.#text("payer_text", {
        role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": "suggestions",
        autocomplete: "off", autocapitalize: "words", spellcheck: "false", maxlength: 80,
      }, this.#label("payer"), list);
      const input = field.querySelector("input");
      let shown = [], active = -1;

      const mark = (number) => {
        active = number;
        [...list.children].forEach((option, n) => option.setAttribute("aria-selected", n === number));
        if (number < 0) return input.removeAttribute("aria-activedescendant");
        input.setAttribute("aria-activedescendant", list.children[number].id);
        list.children[number].scrollIntoView({ block: "nearest" });
      };
      const show = (found) => {
        shown = found;
        list.replaceChildren(...found.map((one, n) => h("li", { id: `suggestion-${n}`, role: "option", click: () => take(one), pointerdown: (event) => event.preventDefault() }, one.name)));
        list.hidden = !found.length;
        input.setAttribute("aria-expanded", String(found.length > 0));
        mark(-1);
      };
      const take = ({ id, name }) => {
        input.value = name;
        Object.assign(this.#values, { payer: id, payer_text: name });
        show([]);
      };
      const suggest = () => {
        const found = this.#matching(input.value);
        this.#values.payer = null; // the service reads a name better than we guess
        show(found);
        if (plain(input.value).length > 1) this.#say(found.length ? this.#label("suggestions", { count: found.length }) : this.#label("no_suggestions"));
      };
      input.addEventListener("input", suggest);
      input.addEventListener("blur", () => show([]));
      input.addEventListener("keydown", (event) => {
        const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        if (step) {
          if (!shown.length) suggest();
          if (shown.length) mark((active + step + (active < 0 && step < 0 ? 1 : 0) + shown.length) % shown.length);
        } else if (event.key === "Enter" && active >= 0) take(shown[active]);
        else if (event.key === "Escape" && shown.length) show([]);
        else return;
        event.preventDefault();
      });
      return field;
    }

    #matching(text) {
      const wanted = ` ${plain(text)}`;
      if (wanted.length < 3) return [];
      const place = ({ names }) => names.reduce((best, name) => {
        const at = ` ${plain(name)}`.indexOf(wanted);
        return at < 0 ? best : Math.min(best, at);
      }, Infinity);
      return this.#words.payers.filter((one) => place(one) < Infinity)
        .sort((one, other) => place(one) - place(other)).slice(0, MOST_SUGGESTIONS);
    }
  }

  if (!customElements.get("openvob-quick-verify")) customElements.define("openvob-quick-verify", QuickVerify);
})();
