import type { TFunction } from 'i18next';
import type { MessageDetail } from '@/api/types';
import { FoldedText } from '@/components/FoldedText';
import { isStatus } from '@/components/status';
import type { TimeStep } from '@/components/TimeLine';
import { Words } from '@/components/Words';

/** Attempts, receipts and moves, in the order in which they happened. */
export function storyOf(message: MessageDetail, t: TFunction): TimeStep[] {
  const word = (status: string) => (isStatus(status) ? t(`status.${status}`) : status);
  const code = (said?: string) => said && t('attempt.code', { code: said });
  const attempts = message.attempts.map((one): TimeStep => {
    const tone = one.accepted ? 'good' : one.ended_at ? 'bad' : 'wait';
    const title = one.accepted ? 'attempt.accepted' : one.ended_at ? 'attempt.failed' : 'attempt.open';
    return {
      key: `attempt ${one.n}`,
      at: one.started_at,
      kind: 'attempt',
      tone,
      title: t(title, { n: one.n, account: one.account }),
      children: (
        <>
          <Words
            said={[
              one.why,
              one.detail,
              code(one.provider_code),
              one.provider_id && t('attempt.id', { id: one.provider_id }),
            ]}
          />
          {one.raw ? <FoldedText title={t('attempt.raw')} text={one.raw} /> : null}
        </>
      ),
    };
  });
  const receipts = message.receipts.map(
    (one, index): TimeStep => ({
      key: `receipt ${index}`,
      at: one.heard_at,
      kind: 'receipt',
      tone: one.status === 'delivered' ? 'good' : one.status === 'accepted' ? 'plain' : 'bad',
      title: t(one.source === 'callback' ? 'receipt.callback' : 'receipt.lookup', { status: word(one.status) }),
      children: <Words said={[one.why, code(one.code)]} />,
    }),
  );
  // A move by a receipt repeats the receipt's code.
  const codes = new Set(message.receipts.map((one) => one.code));
  const moves = message.moves.map(
    (one, index): TimeStep => ({
      key: `move ${index}`,
      at: one.at,
      kind: 'move',
      tone: 'muted',
      title: t('messages.now', { status: word(one.status) }),
      children: <Words said={[!codes.has(one.note) && one.note]} />,
    }),
  );
  return [...attempts, ...receipts, ...moves].sort((a, b) => a.at.localeCompare(b.at));
}
