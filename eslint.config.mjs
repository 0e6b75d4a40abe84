// What a linter says of the page's JavaScript; types are tsconfig.json's.

import js from "@eslint/js";
import globals from "globals";

export default [
  { ignores: ["build/", "dist/", "site/", "storage/", ".venv/"] },
  js.configs.recommended,
  {
    files: ["samstudio/**/*.js"],
    languageOptions: { ecmaVersion: 2024, sourceType: "module", globals: globals.browser },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      eqeqeq: "error",
      "no-undef": "error",
      "no-unused-vars": "error",
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": "error",
    },
  },
];
