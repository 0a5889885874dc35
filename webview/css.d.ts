declare module '*.css' {
  const text: string;
  // eslint-disable-next-line import-x/no-default-export -- the bundler gives the text of a style sheet as its default export
  export default text;
}
