import eslint from '@eslint/js';
import prettier from 'eslint-config-prettier';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Layer rules: who may import what. Each was proved once by a deliberate violation. Of two that meet a file only the later holds. */
const forbid = (files, ...patterns) => ({
  files,
  rules: {
    'no-restricted-imports': [
      'error',
      { patterns: patterns.map(([regex, message]) => ({ regex, message })) },
    ],
  },
});
const APPLICATIONS = ['(^|/)apps/', 'Libraries do not know the applications.'];
const FRAMEWORKS = '@nestjs/|typeorm|kafkajs|class-|pg$|undici';

export default defineConfig(
  globalIgnores(['dist/', 'coverage/', 'var/', 'node_modules/']),
  {
    files: ['**/*.{js,mjs}'],
    extends: [eslint.configs.recommended],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
        fetch: 'readonly',
        URL: 'readonly',
        Buffer: 'readonly',
        AbortSignal: 'readonly',
        structuredClone: 'readonly',
      },
    },
  },
  {
    files: ['**/*.ts'],
    extends: [eslint.configs.recommended, tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off', // Nest's option types are classes
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
    },
  },
  {
    files: ['**/*.spec.ts', '**/*.e2e-spec.ts', 'test/**/*.ts'], // bodies read from the wire are any
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/require-await': 'off',
    },
  },
  forbid(['libs/**'], APPLICATIONS),
  forbid(['libs/ocpi/**'], APPLICATIONS, [
    `^(#|${FRAMEWORKS})`,
    'The protocol is pure: it depends on nothing of ours and on no framework.',
  ]),
  forbid(['libs/csms-contract/**', 'libs/ocpp/**'], APPLICATIONS, [
    `^(#(?!ocpi$)|${FRAMEWORKS})`,
    'The CSMS contract and the mapping to OCPP are pure: they know only the protocol.',
  ]),
  forbid(
    ['apps/*/src/**'],
    [
      '^(\\.\\./)+([\\w-]+/)*src/',
      'Applications never import each other; libraries are imported by their name (#ocpi).',
    ],
  ),
  prettier,
);
