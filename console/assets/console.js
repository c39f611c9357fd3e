// @ts-check

const mostRows = 100;

/** All elements of a selector. @param {string} selector @returns {NodeListOf<HTMLElement>} */
const all = (selector) => document.querySelectorAll(selector);

/** Shows times in the viewer's zone; the text in UTC is shown on hover. @param {ParentNode} root */
const localTimes = (root) => {
  const format = /** @type {const} */ ({ dateStyle: "medium", timeStyle: "medium", hourCycle: "h23" });
  for (const element of root.querySelectorAll("time"))
    element.textContent = new Date(element.dateTime).toLocaleString(undefined, format);
};

/** When the event of a row was handled. @param {Element} row */
const timeOf = (row) => row.querySelector("time")?.dateTime ?? "";

/** Puts rows in their places in a list, the newest first, and keeps the number of rows. @param {HTMLElement} body @param {string} rows */
const showRows = (body, rows) => {
  const template = document.createElement("template");
  template.innerHTML = rows;
  localTimes(template.content);
  for (const row of template.content.querySelectorAll("tr")) {
    row.classList.add("new");
    document.getElementById(row.id)?.remove();
    const next = [...body.children].find((other) => timeOf(other) <= timeOf(row));
    body.insertBefore(row, next ?? null);
  }
  while (body.children.length > mostRows && !body.lastElementChild?.contains(document.activeElement))
    body.lastElementChild?.remove();
  document.querySelector("[data-live-empty]")?.remove();
};

/** Shows the rows that come as they come. @param {HTMLElement} body */
const followEvents = (body) => {
  const [status] = all("[data-live-status]");
  const [pause] = all("[data-pause]");
  let isPaused = false;
  /** @type {string[]} */
  let waiting = [];
  /** @type {EventSource | null} */
  let source = null;
  const address = new URL(body.dataset["live"] ?? "", location.href);

  /** @param {string} text */
  const say = (text) => {
    if (status && !isPaused) status.textContent = text;
  };

  const open = () => {
    source = new EventSource(address);
    source.addEventListener("open", () => say("Live: new events appear on top."));
    source.addEventListener("error", () => say("Not live: the connection has ended, and is tried again."));
    // What serves the list has begun anew.
    source.addEventListener("outdated", () => location.reload());
    source.addEventListener("rows", ({ data, lastEventId }) => {
      address.searchParams.set("since", lastEventId);
      if (!isPaused) return showRows(body, data);
      waiting.push(data);
      // What is shown has no more rows than this many messages.
      waiting = waiting.slice(-mostRows);
    });
  };
  open();
  // A browser keeps few connections to a host, and each list that is open has one.
  document.addEventListener("visibilitychange", () => {
    source?.close();
    if (!document.hidden) open();
  });
  // A page that the browser keeps for its back button has a list of the past.
  addEventListener("pageshow", ({ persisted }) => persisted && location.reload());

  if (!(pause instanceof HTMLButtonElement)) return;
  pause.hidden = false;
  pause.addEventListener("click", () => {
    isPaused = !isPaused;
    pause.setAttribute("aria-pressed", `${isPaused}`);
    if (isPaused && status) status.textContent = "Paused: new events wait.";
    else say("Live: new events appear on top.");
    for (const rows of isPaused ? [] : waiting.splice(0)) showRows(body, rows);
  });
};

/** What the viewer has scrolled or unfolded in a part of the page. @param {HTMLElement} part */
const viewOf = (part) =>
  [...part.querySelectorAll(".drawing, .wide, details")].map((element) => ({
    element,
    scrollLeft: element.scrollLeft,
    isOpen: element.hasAttribute("open"),
  }));

/** Reads a part of the page anew every few seconds, unless someone is in it. @param {HTMLElement} part */
const refresh = (part) => {
  const read = async () => {
    if (document.hidden || part.contains(document.activeElement)) return;
    const response = await fetch(location.href).catch(() => null);
    if (!response?.ok) {
      const note = '<p class="problem" data-stale>This is not current any more: the console does not answer.</p>';
      if (!part.querySelector("[data-stale]")) part.insertAdjacentHTML("afterbegin", note);
      return;
    }
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html").getElementById(part.id);
    if (!fresh) return;
    // What it shows has come to its end.
    if (fresh.dataset["refresh"] === undefined) clearInterval(timer);
    localTimes(fresh);
    const before = viewOf(part);
    part.replaceChildren(...fresh.childNodes);
    for (const [index, { element }] of viewOf(part).entries()) {
      element.scrollLeft = before[index]?.scrollLeft ?? 0;
      element.toggleAttribute("open", before[index]?.isOpen ?? false);
    }
  };
  const timer = setInterval(read, Number(part.dataset["refresh"]) * 1000);
};

localTimes(document);
for (const note of all("[data-zone]"))
  note.textContent = `Times are in ${new Intl.DateTimeFormat().resolvedOptions().timeZone}`;
for (const body of all("[data-live]")) followEvents(body);
for (const part of all("[data-refresh]")) refresh(part);
for (const form of all("form[data-submit-on-change]"))
  form.addEventListener("change", () => form instanceof HTMLFormElement && form.requestSubmit());
document.addEventListener("keydown", (event) => {
  const isTyping = event.target instanceof Element && event.target.matches("input, select");
  if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  document.getElementById("find")?.focus();
});
