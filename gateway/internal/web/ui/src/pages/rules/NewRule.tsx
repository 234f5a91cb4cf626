import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSaveRule } from '@/api/rules';
import { ErrorBox } from '@/components/ErrorBox';

const plain = /^[a-z0-9][a-z0-9-]{0,60}$/;

/** A rule that compiles and sends nothing: what to change is said in it. */
const template = (name: string, explain: string) => `// ${explain}
rule({
  name: "${name}",
  on: ["order.ready"],

  handle(change, ctx) {
    return ctx.skip("${name}");
    // return { to: change.order.guest.phone, text: fmt("{n}", { n: change.order.number }) };
  },
});
`;

/** Makes a rule file from a template and opens it. */
export function NewRule({ opened, onClose, taken }: { opened: boolean; onClose: () => void; taken: string[] }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const save = useSaveRule();
  const typed = name.trim().replace(/\.js$/, '');
  const wrong =
    typed === ''
      ? undefined
      : !plain.test(typed)
        ? t('rules.nameWrong')
        : taken.includes(`${typed}.js`)
          ? t('rules.nameTaken')
          : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const draft = { name: `${typed}.js`, source: template(typed, t('rules.templateText')), cases: '' };
    save.mutate(
      { draft, base: '' },
      {
        onSuccess: () => {
          onClose();
          setName('');
          void navigate({ to: `/rules/${draft.name}` });
        },
      },
    );
  };
  return (
    <Modal opened={opened} onClose={onClose} title={t('rules.newTitle')}>
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label={t('rules.name')}
            description={t('rules.nameHelp')}
            value={name}
            error={wrong}
            data-autofocus
            autoComplete="off"
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <ErrorBox fault={save.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('cancel')}
            </Button>
            <Button type="submit" loading={save.isPending} disabled={typed === '' || wrong !== undefined}>
              {t('rules.create')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
