import type { OxlintConfig, OxlintOverride } from "oxlint"

import { layers, pureLayers } from "./layers.ts"

/** Everything is refused but a file of one's own and what `layers.ts` names. */
function onlyFrom(layer: string, allowed: readonly string[]) {
  const others = Object.keys(layers).filter((name) => name !== layer)
  return {
    patterns: [
      {
        group: [
          "*",
          "!./**",
          "!../**",
          ...allowed.map((name) => `!${name}`),
          ...others.map((name) => `../**/${name}/{src,test}/**`),
        ],
        message: `layers.ts does not let ${layer} import this.`,
      },
    ],
  }
}

const testLibraries = [
  "vitest",
  "fast-check",
  "node:*",
  "node:*/*",
  "@panva/hpke-noble",
  "hpke",
  "cbor2",
]

const boundaries: OxlintOverride[] = Object.entries(layers).flatMap(
  ([layer, allowed]): OxlintOverride[] => [
    {
      files: [`packages/${layer}/src/**`],
      rules: { "no-restricted-imports": ["error", onlyFrom(layer, allowed)] },
    },
    {
      files: [`packages/${layer}/test/**`],
      rules: {
        "no-restricted-imports": [
          "error",
          // A test may stand on the real parts below it: a real server, a real signature, a row.
          onlyFrom(`${layer}'s tests`, [
            ...allowed,
            `@tearline/${layer}`,
            `@tearline/${layer}/*`,
            ...testLibraries,
            ...(pureLayers.includes(layer) ? [] : ["@tearline/postgres", "@tearline/crypto", "pg"]),
          ]),
        ],
      },
    },
  ],
)

const purity: OxlintOverride = {
  files: pureLayers.map((layer) => `packages/${layer}/src/**`),
  rules: {
    "no-restricted-globals": ["error", { name: "Date", message: "Time arrives as an input." }],
    "no-restricted-properties": [
      "error",
      { object: "Math", property: "random", message: "Randomness arrives as an input." },
    ],
  },
}

const config: OxlintConfig = {
  plugins: ["eslint", "typescript", "unicorn", "oxc", "import", "promise", "node"],
  categories: { correctness: "error", suspicious: "error" },
  rules: {
    // Size: a function fits a screen, a file fits a sitting.
    "max-lines": ["error", { max: 400, skipBlankLines: true, skipComments: true }],
    "max-lines-per-function": ["error", { max: 70 }],
    "max-params": ["error", { max: 4 }],
    "max-depth": ["error", { max: 3 }],
    complexity: ["error", { max: 12 }],

    // Correctness that types alone do not give.
    eqeqeq: "error",
    "no-param-reassign": "error",
    "typescript/no-explicit-any": "error",
    "typescript/no-floating-promises": "error",
    "typescript/only-throw-error": "error",
    // Types are written where functions are exported; a schema's type is inferred from the schema,
    // which `isolatedDeclarations` would make us write twice.
    "typescript/explicit-module-boundary-types": "error",
    "typescript/switch-exhaustiveness-check": [
      "error",
      { considerDefaultExhaustiveForUnions: true },
    ],

    // Modules.
    "import/extensions": ["error", "always", { ignorePackages: true }],
    "import/no-cycle": "error",
    "import/no-default-export": "error",
    "typescript/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
    "unicorn/filename-case": ["error", { case: "kebabCase" }],
    "unicorn/prefer-node-protocol": "error",
    "no-console": "error",

    // The compiler says it better, or we disagree.
    "typescript/consistent-return": "off",
    "typescript/no-unsafe-type-assertion": "off",
    "import/no-named-as-default-member": "off",
    "no-await-in-loop": "off",
  },
  overrides: [
    ...boundaries,
    purity,
    {
      files: ["packages/{cli,devnet,fuzz,sim}/**", "tools/**", "bench/**"],
      rules: { "no-console": "off" },
    },
    { files: ["*.config.ts"], rules: { "import/no-default-export": "off" } },
    {
      // A fixture is one world or one journal: cutting it up would hide what it is.
      files: ["packages/*/test/**", "bench/test/**"],
      rules: { "max-lines-per-function": "off" },
    },
    {
      files: ["**/*.test.ts"],
      plugins: ["vitest"],
      rules: {
        "max-lines-per-function": "off",
        "vitest/valid-expect": ["error", { maxArgs: 2 }],
      },
    },
  ],
  ignorePatterns: [".cache/**", ".devnet/**"],
}

export default config
