/** Says something in passing, in a corner of the page. The widget for it is fetched when it is first needed. */
export async function notify(message: string, tone: 'done' | 'wrong' = 'done'): Promise<void> {
  const { notifications } = await import('@mantine/notifications');
  notifications.show({ message, color: tone === 'done' ? 'green' : 'red', withBorder: true });
}
