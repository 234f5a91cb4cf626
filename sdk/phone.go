package sdk

// maskPhone keeps the country and the last four digits: +7999•••0001. What is too short to be a
// phone is masked whole.
func maskPhone(phone string) string {
	if len(phone) < 10 {
		return masked
	}
	return phone[:5] + masked + phone[len(phone)-4:]
}
