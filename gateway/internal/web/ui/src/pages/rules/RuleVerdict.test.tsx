import { MantineProvider } from '@mantine/core';
import { render, screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { RuleCheck, RuleFault } from '@/api/types';
import { RuleVerdict } from './RuleVerdict';

const fault = (severity: RuleFault['severity']) => ({ severity, where: 'a.js:1:1', line: 1, column: 1, text: 'x' });
const cases = (...passed: boolean[]) => passed.map((one, n) => ({ name: `case ${n}`, passed: one }));

function said(check: Pick<RuleCheck, 'faults' | 'cases'>): string {
  render(
    <MantineProvider>
      <RuleVerdict check={{ rules: [], ...check } as RuleCheck} />
    </MantineProvider>,
  );
  return screen.getByRole('status').textContent ?? '';
}

describe('the verdict on a draft', () => {
  it('counts cases as passed only when they are', () => {
    expect(said({ faults: [], cases: cases(true, true) })).toBe('ошибок нет, 2 проверки пройдены');
  });

  it('says how many cases fail', () => {
    expect(said({ faults: [], cases: cases(true, false, true) })).toBe('не пройдена 1 проверка из 3');
  });

  it('says both what is wrong in the script and in its cases', () => {
    expect(said({ faults: [fault('warning')], cases: cases(false, false) })).toBe(
      '1 замечание, не пройдены 2 проверки из 2',
    );
  });
});
