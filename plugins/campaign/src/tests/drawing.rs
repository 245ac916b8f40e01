use super::*;
#[test]
fn p() {
    let mut host = card(json!({}));
    for n in 0..3 { enter(&mut host, &signed_in(&format!("m{n}"))); }
    over(&mut host);
    println!("{}", page(&mut host, &member(), "proof"));
    println!("{}", page(&mut host, &signed_in("m1"), ""));
    println!("{}", page(&mut host, &owner(), "winners"));
    println!("{}", page(&mut host, &owner(), "manage"));
}
