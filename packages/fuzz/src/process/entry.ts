/** The program that a supervisor starts. */
export const entryPath: string = `${import.meta.dirname}/child.ts`
