// Light, dark, or as the system has it: what this browser was told last, on whichever of the pages. The dark part of a style stands under a
// media query, which is opened or shut.

const theme = {
  key: "cairn-theme",
  choices: ["system", "light", "dark"],
  chosen: "system",
  rules: null,

  /** What was chosen; a browser that keeps nothing has the system's. */
  read() {
    try {
      this.chosen = localStorage.getItem(this.key) ?? this.chosen;
    } catch {
      // It keeps nothing for pages of this kind.
    }
    if (!this.choices.includes(this.chosen)) this.chosen = "system";
    return this.chosen;
  },

  choose(name) {
    this.chosen = name;
    try {
      localStorage.setItem(this.key, name);
    } catch {
      // Then it holds for this page alone.
    }
    this.apply();
  },

  apply() {
    const name = this.read(), isDark = rule => rule.media?.mediaText === "(prefers-color-scheme: dark)";
    this.rules ??= [...document.styleSheets].flatMap(sheet => [...sheet.cssRules].filter(isDark));
    for (const rule of this.rules) {
      rule.media.mediaText = { light: "not all", dark: "all" }[name] ?? "(prefers-color-scheme: dark)";
    }
    document.documentElement.style.colorScheme = name === "system" ? "" : name;
  },

  /** Calls back when the page looks otherwise, by the system's choice or by that of another page. */
  listen(changed) {
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed);
    addEventListener("storage", event => {
      if (event.key === this.key) {
        this.apply();
        changed();
      }
    });
  },
};

theme.apply();
