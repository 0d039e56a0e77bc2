import { pseudonymised } from './pseudonymise.js';

const IDENTIFIERS = ['04a1b2c3', 'DE-EMP-C1', 'EMP'];
const made = (value: unknown) => pseudonymised(value, IDENTIFIERS, 'ERASED-1');

describe('pseudonymised', () => {
  it('replaces the token in its fields, whatever the case', () => {
    expect(
      made({
        cdr_token: {
          country_code: 'DE',
          party_id: 'EMP',
          uid: '04A1B2C3',
          contract_id: 'DE-EMP-C1',
        },
        auth_id: 'de-emp-c1',
        visual_number: 'emp',
      }),
    ).toEqual({
      cdr_token: { country_code: 'DE', party_id: 'EMP', uid: 'ERASED-1', contract_id: 'ERASED-1' },
      auth_id: 'ERASED-1',
      visual_number: 'ERASED-1',
    });
  });

  it('replaces what is long enough within other texts, and leaves what may be there by chance', () => {
    expect(made({ remark: 'card 04a1b2C3 (04A1B2C3) of EMP', id: 'EMP' })).toEqual({
      remark: 'card ERASED-1 (ERASED-1) of EMP',
      id: 'EMP',
    });
  });

  it('leaves the fields of another token alone', () => {
    const other = { uid: '04A1B2C3D4', contract_id: 'DE-EMP-C12', total: 3, list: [null, true] };
    expect(made({ cdr_token: other })).toEqual({ cdr_token: other });
  });

  it('takes signed meter values away that name the token, and keeps others', () => {
    const values = (plain_data: string) => ({ signed_values: [{ plain_data }] });
    expect(made({ signed_data: values('OCMF|{"ID":"04A1B2C3"}') })).toEqual({});
    expect(made({ signed_data: values('OCMF|{}') })).toEqual({ signed_data: values('OCMF|{}') });
  });
});
