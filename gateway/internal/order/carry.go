package order

// Carry gives next the memory that a single event lacks: what earlier events said of the same order
// and this one left out, the stage of parked lines, the stage of the order and its peak. prev is the
// order as it was stored last, nil when Orderbell has not seen it; next is what the decoder read.
// Neither is changed, and the result shares no memory with them.
//
// The stage follows rkeeper.md 2.6:
//   - a stage said of the order as a whole wins; parking of the whole order keeps the stage it had;
//   - else it is taken, in the manner of how, from the lines that count (Dish.Skip is empty). A combo
//     counts once, by its own state or by the least of its parts. When no line counts, it is None;
//   - an event that says nothing at all of the lines changes neither them nor the stage.
//
// What is believed of the source's clock is that of the first event until two events show it.
//
// An unknown how is Least.
func Carry(prev *Order, next Order, how Aggregate) Order {
	clock := behind(prev, &next)
	if prev == nil {
		prev = &Order{}
	}
	out := next
	keepNames(&out, prev)
	sparse := len(next.Dishes) == 0 && !next.Empty
	if sparse {
		// An order without a single line is one of which the event says little (a stage of the whole
		// order, no sessions), so what it leaves out is not denied either.
		out.Dishes = copyLines(prev.Dishes)
		out.Finished = next.Finished || prev.Finished
		out.Deleted = next.Deleted || prev.Deleted
	} else {
		out.Dishes = carryLines(prev.Dishes, next.Dishes)
	}
	if next.Empty && (len(next.Dishes) > 0 || len(prev.Dishes) > 0) {
		out.Deleted = true
	}
	out.Stage = stageOf(prev, &out, how, sparse)
	out.Peak = max(prev.Peak, out.Stage)
	out.BehindMicros = clock
	return out
}

// keepNames fills what the event left out with what is known of the order.
func keepNames(out, prev *Order) {
	for _, field := range []struct {
		to   *string
		from string
	}{
		{&out.ID, prev.ID}, {&out.Restaurant, prev.Restaurant},
		{&out.Ref.GUID, prev.Ref.GUID}, {&out.Ref.Visit, prev.Ref.Visit}, {&out.Ref.Ident, prev.Ref.Ident},
		{&out.Name, prev.Name}, {&out.Seq, prev.Seq}, {&out.Table, prev.Table}, {&out.Type, prev.Type},
	} {
		if *field.to == "" {
			*field.to = field.from
		}
	}
	out.Return = out.Return || prev.Return // what an order is for does not change
}

// stageOf derives the stage of out, whose lines have theirs already.
func stageOf(prev, out *Order, how Aggregate, sparse bool) Stage {
	parked := out.State == ParkStart || out.State == ParkEnd
	switch {
	case out.State >= State(Sent) && out.State <= State(Collected):
		return Stage(out.State)
	case parked && prev.Stage != None:
		return prev.Stage
	case out.State != 0 && !parked:
		return None
	case sparse && out.Deleted:
		return None
	case sparse && !parked:
		return prev.Stage
	}
	return aggregate(prev, out.Dishes, how)
}

func aggregate(prev *Order, lines []Dish, how Aggregate) Stage {
	switch how {
	case Most:
		return most(lines)
	case Last:
		return lastChanged(prev, lines)
	case Least:
	}
	return least(lines)
}

// least is the least stage among the lines that count, None when none does.
func least(lines []Dish) Stage {
	found := None
	for i := range lines {
		if s := lines[i].counted(); s != None && (found == None || s < found) {
			found = s
		}
	}
	return found
}

func most(lines []Dish) Stage {
	found := None
	for i := range lines {
		found = max(found, lines[i].counted())
	}
	return found
}

// lastChanged is the stage of the line that changed since prev; the least, when several did; the
// stage that the order had, when none did.
func lastChanged(prev *Order, lines []Dish) Stage {
	before := indexLines(prev.Dishes)
	changed, counts := None, false
	for i := range lines {
		was := before.next(lines[i].ID)
		s := lines[i].counted()
		if s == None {
			continue
		}
		counts = true
		if s != was.counted() && (changed == None || s < changed) {
			changed = s
		}
	}
	switch {
	case !counts:
		return None
	case changed != None:
		return changed
	case prev.Stage != None:
		return prev.Stage
	}
	return least(lines)
}

// counted is the stage with which a line counts for its order; None when it does not.
func (d *Dish) counted() Stage {
	if d.Skip != "" {
		return None
	}
	return d.Stage
}

func carryLines(prev, next []Dish) []Dish {
	if len(next) == 0 {
		return nil
	}
	before := indexLines(prev)
	out := make([]Dish, len(next))
	for i := range next {
		out[i] = carryLine(before.next(next[i].ID), next[i])
	}
	return out
}

func carryLine(prev, next Dish) Dish {
	out := next
	if next.Name == "" {
		out.Name = prev.Name
	}
	out.Parts = carryLines(prev.Parts, next.Parts)
	out.Stage = lineStage(prev, out)
	out.Peak = max(prev.Peak, out.counted())
	return out
}

// lineStage is the stage of a line whose parts have theirs already.
func lineStage(prev, line Dish) Stage {
	switch {
	case line.State >= State(Sent) && line.State <= State(Collected):
		return Stage(line.State)
	case line.State == 0:
		return least(line.Parts)
	case line.State != ParkStart && line.State != ParkEnd:
		return None
	case prev.Stage != None:
		return prev.Stage
	}
	if s := least(line.Parts); s != None {
		return s
	}
	return Sent // parked before its first stage was seen: it is on the screen, no more is known
}

func copyLines(lines []Dish) []Dish {
	if len(lines) == 0 {
		return nil
	}
	out := make([]Dish, len(lines))
	for i := range lines {
		out[i] = lines[i]
		out[i].Parts = copyLines(lines[i].Parts)
	}
	return out
}

// lineIndex finds the lines of an earlier order by their ID. Sources have been seen to repeat an ID
// or to give none, so lines of equal ID are handed out in their order, each once.
type lineIndex map[string][]Dish

func indexLines(lines []Dish) lineIndex {
	index := make(lineIndex, len(lines))
	for i := range lines {
		index[lines[i].ID] = append(index[lines[i].ID], lines[i])
	}
	return index
}

// next gives the line that is to be compared with the next one of that ID; a zero Dish if there is none.
func (x lineIndex) next(id string) Dish {
	found := x[id]
	if len(found) == 0 {
		return Dish{}
	}
	x[id] = found[1:]
	return found[0]
}
