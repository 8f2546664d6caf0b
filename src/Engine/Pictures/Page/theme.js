// Light, dark, or as the system: this browser's last choice on any of the pages. The dark part of a style sheet is in a
// media query, which is switched.

const theme = {
  key: "cairn-theme",
  choices: ["system", "light", "dark"],
  chosen: "system",
  rules: null,

  /** The choice; without storage, the system's theme. */
  read() {
    try {
      this.chosen = localStorage.getItem(this.key) ?? this.chosen;
    } catch {
      // No storage for pages of this kind.
    }
    if (!this.choices.includes(this.chosen)) this.chosen = "system";
    return this.chosen;
  },

  choose(name) {
    this.chosen = name;
    try {
      localStorage.setItem(this.key, name);
    } catch {
      // The choice applies to this page only.
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

  /** Calls back when the theme changes, by the system or another page. */
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
