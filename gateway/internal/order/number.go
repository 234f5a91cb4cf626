package order

// Number is what the restaurant calls the order: the field named orderName, seqNumber or table
// (configuration key order_number), and where the event left it empty the first of orderName,
// seqNumber and orderIdent that it gave. Empty when it gave none of them.
func Number(o Order, field string) string {
	chosen := ""
	switch field {
	case "seqNumber":
		chosen = o.Seq
	case "table":
		chosen = o.Table
	}
	for _, text := range []string{chosen, o.Name, o.Seq, o.Ref.Ident} {
		if text != "" {
			return text
		}
	}
	return ""
}
