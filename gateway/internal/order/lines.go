package order

// CountLines counts dishes with all of their parts.
func CountLines(dishes []Dish) int {
	n := len(dishes)
	for i := range dishes {
		n += CountLines(dishes[i].Parts)
	}
	return n
}
