import { Box, Button, Center, Paper, Stack, Table, Text, VisuallyHidden } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { type MouseEvent, type ReactNode, useLayoutEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorBox } from './ErrorBox';
import { Loading } from './Loading';
import { narrowScreen } from './narrowScreen';

/** One page of a list, as the API gives it. */
export interface KeysetPage<Row> {
  items: Row[] | null;
  next?: string;
}

export interface Column<Row> {
  key: string;
  label: string;
  render: (row: Row) => ReactNode;
  align?: 'left' | 'right';
  width?: number | string;
  /** The label is for screen readers only. */
  hidden?: boolean;
  /** It is shown only where there is room for it: the row's page has it, too. */
  wide?: boolean;
}

/**
 * A list of any length: a table on wide screens, cards on narrow ones. Pages are fetched by key when
 * they are asked for; only the rows in sight are drawn.
 */
export function KeysetList<Row>({
  query,
  columns,
  rowKey,
  card,
  href,
  empty,
  label,
}: {
  query: UseInfiniteQueryResult<InfiniteData<KeysetPage<Row>>, Error>;
  columns: Column<Row>[];
  rowKey: (row: Row) => string;
  card: (row: Row) => ReactNode;
  /** Where a row leads. */
  href?: (row: Row) => string;
  empty: ReactNode;
  /** What the list is, for screen readers. */
  label: string;
}) {
  const { t } = useTranslation();
  const narrow = useMediaQuery(narrowScreen, false, { getInitialValueInEffect: false });
  if (query.isPending) return <Loading />;
  if (query.isError && !query.data) return <ErrorBox fault={query.error} retry={() => void query.refetch()} />;
  const rows = query.data?.pages.flatMap((page) => page.items ?? []) ?? [];
  if (rows.length === 0) return <>{empty}</>;
  const Body = narrow ? Cards : Rows;
  return (
    <Stack gap="md">
      {query.isError ? <ErrorBox fault={query.error} retry={() => void query.refetch()} /> : null}
      <Body rows={rows} columns={columns} rowKey={rowKey} card={card} href={href} label={label} />
      <Center>
        {query.hasNextPage ? (
          <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {t('list.more')}
          </Button>
        ) : (
          <Text size="sm" c="dimmed">
            {t('list.end', { count: rows.length })}
          </Text>
        )}
      </Center>
    </Stack>
  );
}

interface BodyProps<Row> {
  rows: Row[];
  columns: Column<Row>[];
  rowKey: (row: Row) => string;
  card: (row: Row) => ReactNode;
  href?: (row: Row) => string;
  label: string;
}

/** Draws only what is in sight. */
function useRows(count: number, size: number) {
  const ref = useRef<HTMLDivElement>(null);
  const [offset, setOffset] = useState(0);
  useLayoutEffect(() => {
    setOffset(ref.current?.offsetTop ?? 0);
  }, []);
  const virtual = useWindowVirtualizer({ count, estimateSize: () => size, overscan: 12, scrollMargin: offset });
  return { ref, virtual, offset };
}

/**
 * Opens a row's page by a click anywhere on it, unless the click was meant for something inside. For
 * keyboards and screen readers a cell and each card hold a real link.
 */
function useOpen() {
  const navigate = useNavigate();
  return (to: string) => ({
    onClick: (click: MouseEvent) => {
      if ((click.target as HTMLElement).closest('a, button, input, [role="menuitem"]')) return;
      if (window.getSelection()?.toString()) return;
      void navigate({ to });
    },
    className: 'ob-row',
  });
}

function Rows<Row>({ rows, columns, rowKey, href, label }: BodyProps<Row>) {
  const { ref, virtual, offset } = useRows(rows.length, 44);
  const open = useOpen();
  const items = virtual.getVirtualItems();
  const before = (items[0]?.start ?? offset) - offset;
  const after = virtual.getTotalSize() - ((items.at(-1)?.end ?? offset) - offset);
  return (
    <Paper p={0} ref={ref} style={{ overflowX: 'auto', overflowY: 'hidden', position: 'relative' }}>
      <Table aria-label={label} aria-rowcount={rows.length}>
        <Table.Thead>
          <Table.Tr>
            {columns.map((column) => (
              <Table.Th
                key={column.key}
                w={column.width}
                ta={column.align}
                className={column.wide ? 'ob-wide' : undefined}
              >
                {column.hidden ? (
                  <VisuallyHidden>{column.label}</VisuallyHidden>
                ) : (
                  <Text size="sm" c="dimmed" fw={500} style={{ whiteSpace: 'nowrap' }}>
                    {column.label}
                  </Text>
                )}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          <Filler height={before} span={columns.length} />
          {items.map((item) => {
            const row = rows[item.index] as Row;
            return (
              <Table.Tr
                key={rowKey(row)}
                data-index={item.index}
                ref={virtual.measureElement}
                {...(href ? open(href(row)) : {})}
              >
                {columns.map((column) => (
                  <Table.Td key={column.key} ta={column.align} className={column.wide ? 'ob-wide' : undefined}>
                    {column.render(row)}
                  </Table.Td>
                ))}
              </Table.Tr>
            );
          })}
          <Filler height={after} span={columns.length} />
        </Table.Tbody>
      </Table>
    </Paper>
  );
}

/** The height of the rows that are not drawn. */
function Filler({ height, span }: { height: number; span: number }) {
  if (height <= 0) return null;
  return (
    <tr aria-hidden>
      <td colSpan={span} style={{ height, padding: 0 }} />
    </tr>
  );
}

function Cards<Row>({ rows, rowKey, card, href, label }: BodyProps<Row>) {
  const { ref, virtual, offset } = useRows(rows.length, 110);
  const open = useOpen();
  return (
    <Box ref={ref} role="list" aria-label={label} style={{ position: 'relative', height: virtual.getTotalSize() }}>
      {virtual.getVirtualItems().map((item) => {
        const row = rows[item.index] as Row;
        return (
          <Box
            key={rowKey(row)}
            role="listitem"
            data-index={item.index}
            ref={virtual.measureElement}
            pb="xs"
            style={{ position: 'absolute', insetInline: 0, top: 0, transform: `translateY(${item.start - offset}px)` }}
          >
            <Paper p="sm" {...(href ? open(href(row)) : {})}>
              {card(row)}
            </Paper>
          </Box>
        );
      })}
    </Box>
  );
}
