// Focus returns to what a person pressed: buttons are disabled while their request is under way, and lose it then.
// Where that is gone, a filter that was left out, focus goes to the page's content instead of nowhere.

let pressed = "";

document.addEventListener("htmx:config:request", () => {
  pressed = document.activeElement?.id ?? "";
});
document.addEventListener("htmx:finally:request", () => {
  // once htmx, right after this event, has enabled the button again
  queueMicrotask(() => {
    if (document.activeElement !== document.body || pressed === "") return;
    const place = document.getElementById(pressed) ?? document.getElementById("content");
    place?.focus({ preventScroll: true });
  });
});
