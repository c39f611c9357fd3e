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

/** Puts the rows that come on top of the list, and keeps the number of rows. @param {HTMLElement} body */
const followEvents = (body) => {
  const [status] = all("[data-live-status]");
  const [pause] = all("[data-pause]");
  let isPaused = false;
  let isLost = false;
  /** @type {string[]} */
  let waiting = [];

  const show = () => {
    const template = document.createElement("template");
    // The newest of a message is its last row.
    for (const rows of waiting.splice(0)) template.innerHTML += rows;
    localTimes(template.content);
    for (const row of template.content.querySelectorAll("tr")) {
      row.classList.add("new");
      const before = document.getElementById(row.id);
      if (before) before.replaceWith(row);
      else body.prepend(row);
    }
    while (body.children.length > mostRows && !body.lastElementChild?.contains(document.activeElement))
      body.lastElementChild?.remove();
    for (const note of all("[data-live-empty]")) note.remove();
  };
  const say = () => {
    const live = isLost ? "Not live: the connection has ended, and is tried again." : "Live: new events appear on top.";
    if (status) status.textContent = isPaused ? "Paused: new events wait." : live;
  };

  const source = new EventSource(body.dataset["live"] ?? "");
  source.addEventListener("open", () => {
    // Nothing tells what has come in the meantime.
    if (isLost) location.reload();
    say();
  });
  source.addEventListener("error", () => {
    isLost = true;
    say();
  });
  source.addEventListener("rows", ({ data }) => {
    // What is shown has no more rows than this many messages.
    waiting = [...waiting, data].slice(-mostRows);
    if (!isPaused) show();
  });
  if (!pause) return;
  pause.hidden = false;
  pause.addEventListener("click", () => {
    isPaused = !isPaused;
    pause.setAttribute("aria-pressed", `${isPaused}`);
    say();
    if (!isPaused) show();
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
    const response = await fetch(location.href);
    if (!response.ok) return;
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
