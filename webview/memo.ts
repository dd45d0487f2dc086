import { Component, h, type ComponentChild, type FunctionComponent } from "preact";

/** A component that is drawn again only when one of its props is another value; preact itself has none. */
export function memo<P extends object>(draw: (props: P) => ComponentChild): FunctionComponent<P> {
  class Memo extends Component<P> {
    override shouldComponentUpdate(next: P): boolean {
      return !sameProps(this.props, next);
    }

    override render(): ComponentChild {
      return draw(this.props);
    }
  }
  return (props: P) => h(Memo, props);
}

function sameProps(a: object, b: object): boolean {
  const before = new Map<string, unknown>(Object.entries(a));
  const after = Object.entries(b);
  return before.size === after.length && after.every(([key, value]) => Object.is(before.get(key), value));
}
