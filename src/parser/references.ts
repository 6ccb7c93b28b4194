/** References in steps: relations, aliases and columns. */
import type { Name, RelationReference } from "./ast.ts";
import { ExpressionParser } from "./expressions.ts";
import { synonymOf } from "./foreign-words.ts";
import { packed, STEPS } from "./recovery.ts";
import type { TokenType } from "./tokens.ts";
import * as t from "./tokens.ts";

/** The tokens after a name that is the name of a definition, or not a name at all. */
const NAME_CONTINUES: ReadonlySet<TokenType> = new Set([t.Colon, t.Identifier, t.LParen]);

export abstract class ReferenceParser extends ExpressionParser {
  /** One column, or several in parentheses. */
  protected columns(): readonly Name[] {
    const names: Name[] = [];
    if (this.next.type === t.LParen) this.parenthesised(this.startsWord, () => names.push(this.name()));
    else names.push(this.nameOf(this.consume(t.Word)));
    if (this.last.type !== t.RParen && this.listGoesOn()) {
      this.unexpected("one name", { hint: "Write several columns in parentheses: `(order_id, order_item_id)`." });
      for (; this.listGoesOn(); names.push(this.nameOf(this.last))) {
        this.advance();
        this.advance();
      }
    }
    return packed(names);
  }

  /** Whether a comma follows, and then a name that is not the name of a definition. */
  private listGoesOn(): boolean {
    const [comma, name, after] = [this.next, this.peek(2), this.peek(3)];
    return comma.type === t.Comma && name.type === t.Identifier && !NAME_CONTINUES.has(after.type);
  }

  /** `silver.orders` */
  protected relation(): RelationReference {
    const layer = this.name();
    if (this.next.type !== t.Dot) {
      this.unexpected("`.`", { hint: "Qualify the table with its layer, as in `silver.orders`." });
      return { kind: "relation", layer: this.missingName(), name: layer, span: layer.span };
    }
    this.consume(t.Dot);
    const name = this.memberName();
    return { kind: "relation", layer, name, span: this.spanFrom(layer.span.start) };
  }

  /** `as item`; the `as`, which is optional in SQL, is required. */
  protected alias(): Name | undefined {
    const alias = this.accept(t.As) ? this.name() : undefined;
    const next = this.next;
    if (alias || next.type !== t.Identifier || this.startsLine() || !this.isAlias()) return alias;
    const edit = { span: { ...this.spanOf(next), end: next.start }, text: "as " };
    this.unexpected("`as` before the alias", { fix: { title: "Insert `as`", edits: [edit] } });
    this.advance();
    return this.nameOf(next);
  }

  /** Whether the next word is the last one of a relation. */
  private isAlias(): boolean {
    const { image } = this.next;
    const after = this.peek(2);
    if (/^(using|inner|full|right|cross|natural)$/i.test(image) || synonymOf(image.toLowerCase())) return false;
    if ([t.RBrace, t.On, t.Comma, t.EndOfFile].includes(after.type) || STEPS.has(after.type)) return true;
    return this.file.text.slice(this.next.start, after.start).includes("\n") || /^(inner|using)$/i.test(after.image);
  }

  protected missingRelation(): RelationReference {
    const name = this.missingName();
    return { kind: "relation", layer: name, name, span: name.span };
  }
}
