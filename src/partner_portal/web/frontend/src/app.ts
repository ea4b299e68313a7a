// The script of every page. Without it the pages still work: links and forms load whole pages.
import "htmx.org";
import "./styles/app.scss";
import { announceChanges } from "./announcer";
import "./focus";
import "./keys";
import { watchCharts } from "./lazy-charts";
import "./menus";
import { labelThemeButton } from "./theme";

/** A swapped page may choose or say otherwise than a person did before; browsers keep the older choice unless told. */
function followChosenOptions(): void {
  for (const option of document.querySelectorAll<HTMLOptionElement>("#report option")) {
    option.selected = option.defaultSelected;
  }
  for (const field of document.querySelectorAll<HTMLInputElement>("input[data-follow]")) {
    field.value = field.defaultValue;
  }
}

function prepare(): void {
  labelThemeButton();
  watchCharts();
  announceChanges();
  followChosenOptions();
}

prepare();
document.addEventListener("htmx:after:swap", prepare);
