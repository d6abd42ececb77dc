/**
 * Light or dark: the system's choice until the reader makes one. Loaded before the page is
 * drawn, so that it does not flash.
 */
"use strict";

(() => {
  const KEY = "coder.look";
  const systemIsDark = window.matchMedia("(prefers-color-scheme: dark)");

  /** @returns {string} "light", "dark", or nothing where the system decides */
  function chosenLook() {
    try {
      return window.localStorage.getItem(KEY) || "";
    } catch {
      return ""; // storage is switched off: the choice lasts as long as the page
    }
  }

  /** @param {string} look */
  function keepLook(look) {
    try {
      window.localStorage.setItem(KEY, look);
    } catch {
      // As above.
    }
  }

  /** @returns {boolean} */
  function isDark() {
    const look = document.documentElement.dataset.look;
    return look ? look === "dark" : systemIsDark.matches;
  }

  const look = chosenLook();
  if (look === "light" || look === "dark") {
    document.documentElement.dataset.look = look;
  }

  document.addEventListener("DOMContentLoaded", () => {
    const button = document.getElementById("look-switch");
    if (!button) {
      return;
    }
    const show = () => button.setAttribute("aria-pressed", String(isDark()));
    button.hidden = false;
    show();
    systemIsDark.addEventListener("change", show);
    button.addEventListener("click", () => {
      const next = isDark() ? "light" : "dark";
      document.documentElement.dataset.look = next;
      keepLook(next);
      show();
    });
  });
})();
