// The script of every page. Without it the pages still work: links and forms load whole pages.
import "htmx.org";
import "./styles/app.scss";
import { announceChanges } from "./announcer";
import { watchCharts } from "./lazy-charts";
import "./menus";
import { labelThemeButton } from "./theme";

/** A swapped page may choose other options than a person did before; browsers keep the older choice unless told. */
function followChosenOptions(): void {
  for (const option of document.querySelectorAll<HTMLOptionElement>("#report option")) {
    option.selected = option.defaultSelected;
  }
}

function prepare(): void {
  labelThemeButton();
  watchCharts();
  announceChanges();
  followChosenOptions();
}

document.documentElement.classList.add("has-script");
prepare();
document.addEventListener("htmx:after:swap", prepare);
