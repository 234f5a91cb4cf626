import { TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useEffect, useRef, useState } from 'react';

/** A filter that is typed: it goes into the address a moment after the last key. */
export function FilterField({
  label,
  value,
  onChange,
  width = 170,
  type,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  width?: number | string;
  type?: string;
}) {
  const [typed, setTyped] = useState(value);
  // What went into the address last: when it comes back from there, something else may be typed already.
  const passed = useRef(value);
  useEffect(() => {
    if (value === passed.current) return;
    passed.current = value;
    setTyped(value);
  }, [value]);
  const pass = useDebouncedCallback((next: string) => {
    passed.current = next;
    onChange(next);
  }, 300);
  return (
    <TextInput
      aria-label={label}
      placeholder={label}
      type={type}
      value={typed}
      w={width}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        pass(event.currentTarget.value.trim());
      }}
    />
  );
}
