import { describe, expect, it } from 'vitest';
import { whatIsOff } from './PhonePreview';

const file = (name: string, enabled: boolean, failing?: string) => ({ name, enabled, failing });

describe('what keeps the settings from sending', () => {
  it.each([
    ['notifications that are off', false, [file('order-stage.js', true)], 'settings'],
    ['nothing', true, [file('order-stage.js', true)], null],
    ['nothing that the person may see', true, undefined, null],
    ['its rule, switched off', true, [file('order-stage.js', false), file('night.js', true)], 'rule'],
    ['its rule, failing', true, [file('order-stage.js', true, 'failed too often')], 'rule'],
    ['the lack of any rule', true, [], 'rule'],
    ['nothing, where another rule took its place', true, [file('own.js', true)], null],
  ] as const)('is %s', (_, enabled, rules, wanted) => {
    expect(whatIsOff(enabled, rules && [...rules])).toBe(wanted);
  });
});
