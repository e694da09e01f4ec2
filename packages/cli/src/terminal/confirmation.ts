/** What is asked before something that cannot be taken back, and what counts as an answer. */

const word = "yes"

/** The question, with what is to be typed. */
export function confirmationOf(question: string): string {
  return `${question} type ${word}: `
}

/** The whole word alone: one letter, or Enter, is typed by habit. */
export function isConfirmed(answer: string): boolean {
  return answer.trim().toLowerCase() === word
}
