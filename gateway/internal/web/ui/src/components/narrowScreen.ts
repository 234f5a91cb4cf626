/** From where lists are cards and the navigation is at the bottom: a table would have to be scrolled sideways. */
export const narrowScreen = '(max-width: 48em)';
