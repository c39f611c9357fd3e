// @ts-check

const mostRows = 100;

/** Shows times in the viewer's zone; the text in UTC is shown on hover. @param {ParentNode} root */
const localTimes = (root) => {
  for (const element of root.querySelectorAll("time")) {
    const date = new Date(element.dateTime);
    element.textContent = date.toLocaleString(undefined, {
      dateStyle: "medium",
      timeStyle: "medium",
      hourCycle: "h23",
    });
  }
};

/** Puts the rows that come on top of the list, and keeps the number of rows. @param {HTMLElement} body */
const followEvents = (body) => {
  const status = document.querySelector("[data-live-status]");
  const pause = document.querySelector("[data-pause]");
  let isPaused = false;
  /** @type {string[]} */
  let waiting = [];

  /** @param {string} rows */
  const show = (rows) => {
    const template = document.createElement("template");
    template.innerHTML = rows;
    localTimes(template.content);
    for (const row of template.content.querySelectorAll("tr")) {
      row.classList.add("new");
      const before = document.getElementById(row.id);
      if (before) before.replaceWith(row);
      else body.prepend(row);
    }
    while (body.children.length > mostRows && !body.lastElementChild?.contains(document.activeElement))
      body.lastElementChild?.remove();
    document.querySelector("[data-live-empty]")?.remove();
  };

  const source = new EventSource(body.dataset["live"] ?? "");
  let isLost = false;
  source.addEventListener("open", () => {
    // Nothing tells what has come in the meantime.
    if (isLost) location.reload();
    say("Live: new events appear on top.");
  });
  source.addEventListener("error", () => {
    isLost = true;
    say("Not live: the connection has ended, and is tried again.");
  });
  source.addEventListener("rows", ({ data }) => {
    if (!isPaused) return show(data);
    waiting.push(data);
    // What is shown has no more rows than this many messages.
    waiting = waiting.slice(-mostRows);
  });

  /** @param {string} text */
  const say = (text) => {
    if (status && !isPaused) status.textContent = text;
  };

  if (!(pause instanceof HTMLButtonElement)) return;
  pause.hidden = false;
  pause.addEventListener("click", () => {
    isPaused = !isPaused;
    pause.setAttribute("aria-pressed", `${isPaused}`);
    if (isPaused && status) status.textContent = "Paused: new events wait.";
    else say("Live: new events appear on top.");
    for (const rows of isPaused ? [] : waiting.splice(0)) show(rows);
  });
};

/** What the viewer has scrolled or unfolded in a part of the page. @param {HTMLElement} part */
const viewOf = (part) =>
  [...part.querySelectorAll(".drawing, .wide, details")].map((element) => ({
    element,
    scrollLeft: element.scrollLeft,
    open: element instanceof HTMLDetailsElement && element.open,
  }));

/** Reads a part of the page anew every few seconds, unless someone is in it. @param {HTMLElement} part */
const refresh = (part) => {
  const seconds = Number(part.dataset["refresh"]);
  setInterval(async () => {
    if (document.hidden || part.contains(document.activeElement)) return;
    const response = await fetch(location.href);
    if (!response.ok) return;
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html").getElementById(part.id);
    if (!fresh) return;
    localTimes(fresh);
    const before = viewOf(part);
    part.replaceChildren(...fresh.childNodes);
    viewOf(part).forEach(({ element }, index) => {
      element.scrollLeft = before[index]?.scrollLeft ?? 0;
      if (element instanceof HTMLDetailsElement) element.open = before[index]?.open ?? false;
    });
  }, seconds * 1000);
};

localTimes(document);
for (const body of document.querySelectorAll("[data-live]")) if (body instanceof HTMLElement) followEvents(body);
for (const part of document.querySelectorAll("[data-refresh]")) if (part instanceof HTMLElement) refresh(part);
for (const form of document.querySelectorAll("form[data-submit-on-change]"))
  if (form instanceof HTMLFormElement) form.addEventListener("change", () => form.requestSubmit());
document.addEventListener("keydown", (event) => {
  const isTyping = event.target instanceof Element && event.target.matches("input, select, textarea");
  if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  document.getElementById("find")?.focus();
});
